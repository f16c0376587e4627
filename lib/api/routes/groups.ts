import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { GroupNameSchema, MembersSchema } from '#definition/groups.ts';
import { deleteGroup, type Group, getGroup, listGroups, putGroup } from '#signals/group.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, UNREAD } from '../route.ts';

const GroupDocument = z
  .object({ name: z.string(), members: z.array(z.string()).describe('Who may approve.') })
  .meta({ id: 'Group' });

function toGroupDocument({ name, members }: Group): z.input<typeof GroupDocument> {
  return { name, members };
}

/** Routes of groups of people who may approve. */
export const GROUP_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/groups',
    summary: 'List groups of people by name',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('groups', GroupDocument) } },
    serve: async ({ table }, { query }) => {
      const { groups, ...rest } = await listGroups(table, pageOf(query));
      return { status: 200, document: { groups: groups.map(toGroupDocument), ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/groups/{name}',
    summary: 'Read who is of a group',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The group.', schema: GroupDocument } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toGroupDocument(await getGroup(table, params['name'] ?? '')),
    }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/v1/groups/{name}',
    summary: 'Say who is of a group, from now on; also for approvals that are open',
    query: UNREAD,
    body: z.object({ members: MembersSchema }),
    answers: { 200: { description: 'The group as it now is.', schema: GroupDocument } },
    serve: async ({ table }, { params, body }) => {
      const name = groupName(params['name'] ?? '');
      return { status: 200, document: toGroupDocument(await putGroup(table, { name, ...body })) };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/groups/{name}',
    summary: 'Forget a group: whoever may call the API may then approve in its place',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'Forgotten.', schema: GroupDocument } },
    serve: async ({ table }, { params }) => {
      const group = await getGroup(table, params['name'] ?? '');
      await deleteGroup(table, group.name);
      return { status: 200, document: toGroupDocument(group) };
    },
  }),
];

function groupName(name: string): string {
  const parsed = GroupNameSchema.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new StepwrightError({
    code: 'SW4001',
    kind: 'invalid',
    message: `"${name}" is no name of a group`,
    hint: 'use lower-case letters, digits and single dashes',
  });
}
