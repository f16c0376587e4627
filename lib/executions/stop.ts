import type { TaskFailure } from '#engine/engine.ts';
import type { Execution } from './execution.ts';
import { isFinal } from './execution.ts';
import { getExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';

type Ports = Pick<ExecutionPorts, 'table' | 'engine'>;

/**
 * Stops a running execution: commands in flight end by their answers, and what was completed is undone. Without effect
 * on one that has ended or is rolling back. Gives the execution as it was. Throws SW4044.
 */
export function stopExecution(ports: Ports, id: string, cause = 'stopped by request'): Promise<Execution> {
  return stop(ports, id, { error: 'Stepwright.Stopped', cause });
}

/** Stops a running execution as {@link stopExecution} does, and leaves what was completed. Throws SW4044. */
export function haltExecution(ports: Ports, id: string, cause: string): Promise<Execution> {
  return stop(ports, id, { error: 'Stepwright.Halted', cause });
}

async function stop({ table, engine }: Ports, id: string, failure: TaskFailure): Promise<Execution> {
  const execution = await getExecution(table, id);
  if (isFinal(execution.status) || execution.status === 'ROLLING_BACK') return execution;
  await engine.stop({ machine: execution.machine, name: id }, failure);
  return execution;
}
