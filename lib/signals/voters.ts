import { StepwrightError } from '#core/error.ts';
import { personKey } from '#definition/person.ts';
import type { Table } from '#table/table.ts';
import type { Approval } from './approval.ts';
import { distinctPeople, findGroup } from './group.ts';

/** Who of an approval may speak; `undefined` where nobody has said who its group is. */
export type Voters = readonly string[] | undefined;

type Asked = Pick<Approval, 'group' | 'escalate' | 'excluded'>;

/**
 * Who may speak to an approval as its groups are now: of the group, and of the one it has been escalated to, without those
 * who are excluded.
 */
export async function votersOf(table: Table, asked: Asked): Promise<Voters> {
  const { group, escalate } = asked;
  return membersOf(table, [group, ...(escalate?.at === undefined ? [] : [escalate.group])], asked);
}

/** Who may speak to an approval at some time: also those whom it may be escalated to. */
export async function allVotersOf(table: Table, asked: Asked): Promise<Voters> {
  const { group, escalate } = asked;
  return membersOf(table, [group, ...(escalate === undefined ? [] : [escalate.group])], asked);
}

async function membersOf(table: Table, names: readonly string[], { excluded }: Asked): Promise<Voters> {
  const groups = await Promise.all(names.map((name) => findGroup(table, name)));
  // Who is asked first decides whether it is known who may speak.
  if (groups[0] === undefined) return undefined;
  const not = new Set(excluded.map(personKey));
  return distinctPeople(groups.flatMap((group) => group?.members ?? [])).filter(
    (person) => !not.has(personKey(person)),
  );
}

/** A person as the group writes them. Throws SW4101 for one who is not asked, SW4102 for one who is excluded. */
export function demandVoter(voters: Voters, { group, excluded }: Asked, by: string): string {
  const key = personKey(by);
  if (excluded.some((person) => personKey(person) === key)) {
    throw new StepwrightError({
      code: 'SW4102',
      kind: 'forbidden',
      message: `${by} has started this execution, and may not approve it`,
      hint: `the step says "not: starter": somebody else of "${group}" has to`,
    });
  }
  if (voters === undefined) return by.trim();
  const voter = voters.find((person) => personKey(person) === key);
  if (voter !== undefined) return voter;
  throw new StepwrightError({
    code: 'SW4101',
    kind: 'forbidden',
    message: `${by} is not of the group "${group}", which is asked`,
    hint: 'GET /v1/groups/{name} tells who is',
  });
}
