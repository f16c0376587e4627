import { type Execution, isFinal } from './execution.ts';
import { listExecutions } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';
import { type StartRequest, startExecution } from './start.ts';

/** How many of a workflow's newest executions are looked at for one to go on with. */
const LOOKED_AT = 50;

/** The newest execution of a workflow's version with equal input that has not ended; a new one where there is none. */
export async function resumeOrStart(
  ports: Pick<ExecutionPorts, 'table' | 'engine' | 'clock' | 'random'>,
  request: StartRequest,
): Promise<{ readonly execution: Execution; readonly isResumed: boolean }> {
  const { workflow, version, input } = request;
  const day = new Date(ports.clock.now()).toISOString().slice(0, 10);
  const { executions } = await listExecutions(ports.table, { workflow, day, limit: LOOKED_AT });
  const open = executions.find(
    (execution) =>
      !isFinal(execution.status) &&
      execution.version === version &&
      JSON.stringify(execution.input) === JSON.stringify(input),
  );
  if (open !== undefined) return { execution: open, isResumed: true };
  return { execution: await startExecution(ports, request), isResumed: false };
}
