import type { StartWorkflowRequest } from '#compiler/call-payload.ts';
import { firstTry, taskId } from '#compiler/task-id.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { ChildSchema } from './children.ts';
import { type Execution, isFinal } from './execution.ts';
import { findExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';

/**
 * The id under which the call of a task goes. Calls of the handler that have failed count in the number of its try, and a task
 * that is redriven asks for a call that was made: an execution that goes on, or has succeeded, answers the task that asks now; in
 * place of one that has failed, and undone what it did, a new one is started.
 */
export async function callIdOf(ports: ExecutionPorts, request: StartWorkflowRequest): Promise<string> {
  const first = firstTry(request);
  for (let attempt = request.attempt; attempt >= first; attempt--) {
    const { id, isNew, redrives } = await lastCall(ports, { ...request, attempt });
    if (!isNew || (redrives > 0 && attempt === request.attempt)) return id;
    if (redrives > 0) return taskId({ ...request, attempt: attempt + 1 });
  }
  return taskId({ ...request, attempt: first });
}

interface LastCall {
  readonly id: string;
  /** Whether there is none yet under this id. */
  readonly isNew: boolean;
  /** How many there are of the try that have failed. */
  readonly redrives: number;
}

async function lastCall(ports: ExecutionPorts, request: StartWorkflowRequest): Promise<LastCall> {
  for (let redrives = 0; ; redrives++) {
    const id = redrives === 0 ? taskId(request) : `${taskId(request)}:redrive:${redrives}`;
    const item = await ports.table.get(taskKeys.child(id));
    if (item === undefined) return { id, isNew: true, redrives };
    const child = ChildSchema.parse(item);
    const known = { id, isNew: false, redrives };
    if (child.taskToken === request.taskToken || !child.isAwaited) return known;
    const execution = await findExecution(ports.table, child.execution);
    if (execution === undefined) return known;
    if (!isFinal(execution.status) || execution.status === 'SUCCEEDED') {
      await handOver(ports, execution, request.taskToken);
      return known;
    }
  }
}

async function handOver(
  { table }: ExecutionPorts,
  { id, parent }: Execution,
  taskToken: string,
): Promise<void> {
  if (parent === undefined) return;
  const set = { parent: { ...parent, taskToken } };
  await table.update({ key: executionKeys.meta(id), set, condition: { exists: true } });
}
