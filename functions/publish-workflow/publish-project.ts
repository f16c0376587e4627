import { z } from 'zod';
import type { Json } from '#core/json.ts';
import { GroupsSchema } from '#definition/groups.ts';
import { putGroup } from '#signals/group.ts';
import type { Table } from '#table/table.ts';

/** Name of the document that says what the project's file says. */
export const PROJECT_DOCUMENT = 'project';

const ProjectDocumentSchema = z.object({ groups: GroupsSchema.default({}) });

/** Says who is of the groups of the project that has been deployed; others stay as they are. */
export function createPublishProject(ports: { readonly table: Table }): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { groups } = ProjectDocumentSchema.parse(payload);
    for (const [name, members] of Object.entries(groups)) await putGroup(ports.table, { name, members });
    return { groups: Object.keys(groups) };
  };
}
