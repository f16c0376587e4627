import { personKey } from '#definition/person.ts';
import type { ConfidentialPart } from '#notifications/notifier.ts';
import { findApproval } from './approval.ts';
import { silentVoters } from './approval-notices.ts';
import { linkFor } from './links.ts';
import type { SignalPorts } from './ports.ts';

/**
 * Makes the link of a person anew, when their message is sent; undefined where they need none any more: it is decided, was asked
 * again, or they have spoken or left the group.
 */
export async function makeApprovalLink(
  { table, links }: Pick<SignalPorts, 'table' | 'links'>,
  { approval: id, askedAt }: Extract<ConfidentialPart, { kind: 'approval-link' }>,
  to: string,
): Promise<{ readonly link: string } | undefined> {
  const approval = await findApproval(table, id);
  if (approval?.status !== 'OPEN' || approval.askedAt !== askedAt) return undefined;
  const key = personKey(to);
  if (!(await silentVoters({ table }, approval)).some((person) => personKey(person) === key))
    return undefined;
  const link = await linkFor(links, approval, to);
  return link === undefined ? undefined : { link };
}
