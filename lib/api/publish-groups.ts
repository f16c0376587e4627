import type { Project } from '#definition/project.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { putGroup } from '#signals/group.ts';

/** Says who is of the groups that a project names, from now on; others stay as they are. */
export async function publishGroups(
  { table }: Pick<ExecutionPorts, 'table'>,
  { groups = new Map() }: Pick<Project, 'groups'>,
): Promise<void> {
  for (const [name, members] of groups) await putGroup(table, { name, members: [...members] });
}
