import { SettleIterationRequestSchema } from '#compiler/task-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { settleIteration } from '#executions/settle-iteration.ts';

/** Counts a failed iteration against what its forEach tolerates, and answers its task. */
export function createSettleIteration(
  ports: Pick<ExecutionPorts, 'table' | 'engine'>,
): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: SettleIterationRequestSchema, payload }, async (request) => {
      await ports.engine.succeedTask(request.taskToken, await settleIteration(ports, request));
    });
}
