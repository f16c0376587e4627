import type { StartWorkflowRequest } from '#compiler/call-payload.ts';
import { taskId } from '#compiler/task-id.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { ChildSchema } from './children.ts';
import { type Execution, isFinal } from './execution.ts';
import { findExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';

/**
 * The id under which the call of a task goes. A task that is redriven asks for a call that was made: an execution that goes
 * on, or has succeeded, answers the new task; in place of one that has failed, and undone what it did, a new one is started.
 */
export async function callIdOf(ports: ExecutionPorts, request: StartWorkflowRequest): Promise<string> {
  for (let redrives = 0; ; redrives++) {
    const id = redrives === 0 ? taskId(request) : `${taskId(request)}:redrive:${redrives}`;
    const item = await ports.table.get(taskKeys.child(id));
    const child = item === undefined ? undefined : ChildSchema.parse(item);
    if (child === undefined || child.taskToken === request.taskToken || !child.isAwaited) return id;
    const execution = await findExecution(ports.table, child.execution);
    if (execution === undefined) return id;
    if (!isFinal(execution.status) || execution.status === 'SUCCEEDED') {
      await handOver(ports, execution, request.taskToken);
      return id;
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
