import { NotifyRequestSchema } from '#compiler/call-payload.ts';
import { answerTask } from '#engine/answer-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { notify } from '#integrations/notify.ts';

/** Sends the notification of a step, and answers its task. */
export function createNotify(
  ports: Pick<ExecutionPorts, 'engine' | 'notifier'>,
): (payload: unknown) => Promise<void> {
  return async (payload) => {
    const request = NotifyRequestSchema.parse(payload);
    await answerTask(ports.engine, request.taskToken, () => notify(ports, request));
  };
}
