import { SettleIterationRequestSchema } from '#compiler/task-payload.ts';
import { answerTask } from '#engine/answer-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { settleIteration } from '#executions/settle-iteration.ts';

/** Counts a failed iteration against what its forEach tolerates, and answers its task. */
export function createSettleIteration(
  ports: Pick<ExecutionPorts, 'table' | 'engine'>,
): (payload: unknown) => Promise<void> {
  return async (payload) => {
    const { taskToken, ...request } = SettleIterationRequestSchema.parse(payload);
    await answerTask(ports.engine, taskToken, () => settleIteration(ports, request));
  };
}
