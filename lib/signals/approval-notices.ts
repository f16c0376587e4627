import type { JsonObject } from '#core/json.ts';
import type { Approval } from './approval.ts';
import { personKey } from './group.ts';
import { linkFor } from './links.ts';
import type { SignalPorts } from './ports.ts';
import { votersOf } from './voters.ts';

/** Topic under which groups are asked, and reminded, to approve. */
const TOPIC = 'approvals';

/** Topic under which each person is sent their own link. Apart: who listens to all of the other topic sees none. */
const LINK_TOPIC = 'approval-links';

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
  await ports.notifier.send({ id: `${approval.id}:${key}`, topic: TOPIC, ...told });
  const people = await silentVoters(ports, approval);
  await Promise.all(
    people.map(async (to) => {
      const link = await linkFor(ports.links, approval, to);
      if (link === undefined) return;
      const own = { to, confidential: { link }, ...told };
      await ports.notifier.send({ id: `${approval.id}:${key}:${to}`, topic: LINK_TOPIC, ...own });
    }),
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
