import type { JsonObject } from '#core/json.ts';
import { LINK_TOPIC } from '#definition/notifications.ts';
import { personKey } from '#definition/person.ts';
import type { Approval } from './approval.ts';
import type { SignalPorts } from './ports.ts';
import { votersOf } from './voters.ts';

/** Topic under which groups are asked, and reminded, to approve. Links have another: who listens to all of this one sees none. */
const TOPIC = 'approvals';

/** Something that is told of an approval. */
export interface Notice {
  /** The same for the same thing told twice. */
  readonly key: string;
  readonly group: string;
  readonly words: string;
}

/** Tells a group, and each of those asked who have not spoken yet, with the link by which they can. */
export async function tellGroup(ports: SignalPorts, approval: Approval, notice: Notice): Promise<void> {
  const { group, key, words } = notice;
  const told = { subject: `${group}: "${approval.path}" ${words}`, message: messageOf(approval, group) };
  const { askedAt } = approval;
  // One that is asked again, after a redrive, is told again.
  const id = `${approval.id}:${askedAt}:${key}`;
  await ports.notifier.send({ id, topic: TOPIC, ...told });
  if ((await ports.links?.baseUrl()) === undefined) return;
  const confidential = { kind: 'approval-link', approval: approval.id, askedAt } as const;
  const people = await silentVoters(ports, approval);
  await Promise.all(
    people.map((to) =>
      ports.notifier.send({ id: `${id}:${to}`, topic: LINK_TOPIC, to, confidential, ...told }),
    ),
  );
}

/** Those who may speak and have not. */
export async function silentVoters(
  { table }: Pick<SignalPorts, 'table'>,
  approval: Approval,
): Promise<readonly string[]> {
  const spoken = new Set(approval.votes.map(({ by }) => personKey(by)));
  const voters = (await votersOf(table, approval)) ?? [];
  return voters.filter((person) => !spoken.has(personKey(person)));
}

function messageOf({ id, message, execution, path, reminders }: Approval, group: string): JsonObject {
  return {
    ...{ approvalId: id, group, execution, path, reminders },
    ...(message === undefined ? {} : { message }),
  };
}
