import type { Execution } from './execution.ts';
import { findExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';
import { type StartRequest, startExecution } from './start.ts';

/**
 * Of these executions, the one of a workflow's version with equal input; a new one where there is none.
 *
 * @param candidates executions that a process before has left unfinished, whatever has become of them since.
 */
export async function resumeOrStart(
  ports: Pick<ExecutionPorts, 'table' | 'engine' | 'clock' | 'random'>,
  request: StartRequest,
  candidates: readonly string[],
): Promise<{ readonly execution: Execution; readonly isResumed: boolean }> {
  for (const id of new Set(candidates)) {
    const execution = await findExecution(ports.table, id);
    if (execution !== undefined && isAskedFor(execution, request)) return { execution, isResumed: true };
  }
  return { execution: await startExecution(ports, request), isResumed: false };
}

function isAskedFor(execution: Execution, { workflow, version, input }: StartRequest): boolean {
  return (
    execution.workflow === workflow &&
    execution.version === version &&
    JSON.stringify(execution.input) === JSON.stringify(input)
  );
}
