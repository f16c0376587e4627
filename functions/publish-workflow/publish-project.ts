import * as z from 'zod';
import { publishNotifications } from '#api/publish-notifications.ts';
import type { Json } from '#core/json.ts';
import { GroupsSchema } from '#definition/groups.ts';
import { NotificationSettingsSchema } from '#definition/notifications.ts';
import { putGroup } from '#signals/group.ts';
import type { Table } from '#table/table.ts';

/** Name of the document that says what the project's file says. */
export const PROJECT_DOCUMENT = 'project';

const ProjectDocumentSchema = z.object({
  groups: GroupsSchema.default({}),
  notifications: NotificationSettingsSchema.optional(),
});

/** Says who is of the groups of the project that has been deployed, others stay as they are; and who is told of what. */
export function createPublishProject(ports: { readonly table: Table }): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { groups, notifications } = ProjectDocumentSchema.parse(payload);
    for (const [name, members] of Object.entries(groups)) await putGroup(ports.table, { name, members });
    await publishNotifications(ports, { notifications });
    return { groups: Object.keys(groups) };
  };
}
