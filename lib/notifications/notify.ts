import type { NotifyRequest } from '#compiler/call-payload.ts';
import { taskId } from '#compiler/task-id.ts';
import type { JsonObject } from '#core/json.ts';
import type { Notifier } from './notifier.ts';

/** Sends the notification of a step. */
export async function notify(
  { notifier }: { readonly notifier: Notifier },
  request: NotifyRequest,
): Promise<JsonObject> {
  const id = taskId(request);
  const { topic, subject, message } = request;
  await notifier.send({ id, topic, subject, message });
  return { notificationId: id };
}
