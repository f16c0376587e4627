import type { Execution } from './execution.ts';
import { isFinal } from './execution.ts';
import { getExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';

/**
 * Stops a running execution: commands in flight end by their answers, and what was completed is undone. Without effect
 * on one that has ended or is rolling back. Gives the execution as it was. Throws SW4044.
 */
export async function stopExecution(
  { table, engine }: Pick<ExecutionPorts, 'table' | 'engine'>,
  id: string,
  cause = 'stopped by request',
): Promise<Execution> {
  const execution = await getExecution(table, id);
  if (isFinal(execution.status) || execution.status === 'ROLLING_BACK') return execution;
  await engine.stop({ machine: execution.machine, name: id }, { error: 'Stepwright.Stopped', cause });
  return execution;
}
