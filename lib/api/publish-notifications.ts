import type { Project } from '#definition/project.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { putNotificationSettings } from '#notifications/settings.ts';

/** Says who is told of what, from now on, in the place of all that was said before; where a project says nothing, nothing changes. */
export async function publishNotifications(
  { table }: Pick<ExecutionPorts, 'table'>,
  { notifications }: Pick<Project, 'notifications'>,
): Promise<void> {
  if (notifications !== undefined) await putNotificationSettings(table, notifications);
}
