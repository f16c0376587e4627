import type { Execution } from '../execution.ts';
import { getExecution } from '../execution-store.ts';
import type { ExecutionPorts } from '../ports.ts';
import { stopExecution } from '../stop.ts';
import { type Operator, recorded } from './action.ts';

/** Stops an execution for an operator; see {@link stopExecution}. Throws SW4044. */
export async function stopByOperator(
  ports: ExecutionPorts,
  id: string,
  operator: Operator,
): Promise<Execution> {
  const { status } = await getExecution(ports.table, id);
  if (status !== 'RUNNING') return stopExecution(ports, id);
  const { by, reason } = operator;
  const cause = reason === undefined ? `stopped by ${by}` : `stopped by ${by}: ${reason}`;
  const asked = { ...operator, operation: 'stop', details: {}, execution: id } as const;
  return recorded(ports, asked, () => stopExecution(ports, id, cause));
}
