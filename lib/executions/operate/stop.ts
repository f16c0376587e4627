import type { Execution } from '../execution.ts';
import { getExecution } from '../execution-store.ts';
import type { ExecutionPorts } from '../ports.ts';
import { haltExecution, stopExecution } from '../stop.ts';
import { type Operator, recorded } from './action.ts';

/** How an execution is stopped. */
export interface StopAsked extends Operator {
  /** Whether what it completed stays. */
  readonly keep?: boolean | undefined;
}

/**
 * Stops an execution for an operator; see {@link stopExecution}. With `keep`, what it completed stays, and can be redriven or rolled
 * back later. Throws SW4044.
 */
export async function stopByOperator(
  ports: ExecutionPorts,
  id: string,
  { keep = false, ...operator }: StopAsked,
): Promise<Execution> {
  const { status } = await getExecution(ports.table, id);
  if (status !== 'RUNNING') return stopExecution(ports, id);
  const { by, reason } = operator;
  const cause = reason === undefined ? `stopped by ${by}` : `stopped by ${by}: ${reason}`;
  const details = keep ? { keep } : {};
  const asked = { ...operator, operation: 'stop', details, execution: id } as const;
  return recorded(ports, asked, () => (keep ? haltExecution : stopExecution)(ports, id, cause));
}
