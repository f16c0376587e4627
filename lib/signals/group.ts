import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { personKey } from '#definition/person.ts';
import { groupKeys } from '#table/keys.ts';
import type { Page, Table } from '#table/table.ts';

/** People who may approve. */
export const GroupSchema = z.object({ name: z.string(), members: z.array(z.string()) });

/** People who may approve. */
export type Group = z.infer<typeof GroupSchema>;

/** The same people, each once, as they were first written. */
export function distinctPeople(people: readonly string[]): readonly string[] {
  return [...new Map([...people].reverse().map((one) => [personKey(one), one.trim()])).values()].reverse();
}

/** A group, or undefined where there is none of this name. */
export async function findGroup(table: Table, name: string): Promise<Group | undefined> {
  const item = await table.get(groupKeys.meta(name));
  return item === undefined ? undefined : GroupSchema.parse(item);
}

/** A group. Throws SW4105. */
export async function getGroup(table: Table, name: string): Promise<Group> {
  const group = await findGroup(table, name);
  if (group !== undefined) return group;
  throw new StepwrightError({
    code: 'SW4105',
    kind: 'not-found',
    message: `there is no group "${name}"`,
    hint: 'name its people under "groups" in stepwright.yaml, or with PUT /v1/groups/{name}',
  });
}

/** Says who is of a group, from now on; also for what is open. */
export async function putGroup(table: Table, { name, members }: Group): Promise<Group> {
  const group: Group = { name, members: [...distinctPeople(members)] };
  await table.put({ ...groupKeys.meta(name), gsi1pk: groupKeys.all, gsi1sk: name, ...group });
  return group;
}

/** Forgets a group: from now on, whoever may call the API may approve in its place. */
export async function deleteGroup(table: Table, name: string): Promise<void> {
  await table.delete(groupKeys.meta(name));
}

/** One page of the groups by name. */
export async function listGroups(
  table: Table,
  page: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<{ readonly groups: readonly Group[]; readonly cursor?: string }> {
  const { items, cursor }: Page = await table.query({ index: 'gsi1', partition: groupKeys.all, ...page });
  return {
    groups: items.map((item) => GroupSchema.parse(item)),
    ...(cursor === undefined ? {} : { cursor }),
  };
}
