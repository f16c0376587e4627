import { StepwrightError } from '#core/error.ts';
import { type NotificationSettings, NotificationSettingsSchema } from '#definition/notifications.ts';
import type { NamedReceiver } from '#definition/receiver.ts';
import { notificationKeys } from '#table/notification-keys.ts';
import type { Table } from '#table/table.ts';
import type { Addressee } from './notifier.ts';

const NOBODY: NotificationSettings = { receivers: {}, routes: [] };

/** Says who is told of what, from now on, in the place of all that was said before. */
export async function putNotificationSettings(table: Table, settings: NotificationSettings): Promise<void> {
  const { receivers, routes } = NotificationSettingsSchema.parse(settings);
  await table.put({ ...notificationKeys.settings, receivers, routes });
}

/** Who is told of what; nobody of nothing where nobody has said. */
export async function findNotificationSettings(table: Table): Promise<NotificationSettings> {
  const item = await table.get(notificationKeys.settings);
  return item === undefined ? NOBODY : NotificationSettingsSchema.parse(item);
}

/** A receiver by its name, or undefined where there is none. */
export function findReceiver({ receivers }: NotificationSettings, name: string): NamedReceiver | undefined {
  return Object.hasOwn(receivers, name) ? receivers[name] : undefined;
}

/** A receiver by its name. Throws SW4202. */
export function getReceiver(settings: NotificationSettings, name: string): Addressee {
  const receiver = findReceiver(settings, name);
  if (receiver !== undefined) return { name, receiver };
  throw new StepwrightError({
    code: 'SW4202',
    kind: 'not-found',
    message: `there is no receiver "${name}"`,
    hint: 'name it under "receivers" in stepwright.yaml and publish the project; GET /v1/receivers tells who is there',
  });
}
