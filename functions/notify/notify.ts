import { NotifyRequestSchema } from '#compiler/call-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { notify } from '#notifications/notify.ts';

/** Sends the notification of a step, and answers its task. */
export function createNotify(
  ports: Pick<ExecutionPorts, 'engine' | 'notifier'>,
): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: NotifyRequestSchema, payload }, async (request) => {
      await ports.engine.succeedTask(request.taskToken, await notify(ports, request));
    });
}
