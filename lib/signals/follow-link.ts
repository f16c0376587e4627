import { StepwrightError } from '#core/error.ts';
import { personKey } from '#definition/person.ts';
import { type Approval, findApproval, type Vote } from './approval.ts';
import { hashLink, type LinkClaims, readLink } from './links.ts';
import type { SignalPorts } from './ports.ts';
import { isOverdue } from './remind-approval.ts';
import { demandVoter, votersOf } from './voters.ts';

/** Where a link leads. */
export type FollowedLink =
  /** It may be answered by. */
  | { readonly state: 'open'; readonly approval: Approval; readonly claims: LinkClaims }
  /** It was not made here, or was cut off. */
  | { readonly state: 'invalid' }
  /** It was good, and is so no more. */
  | {
      readonly state: 'used' | 'decided' | 'expired' | 'cancelled' | 'asked-again' | 'excluded';
      readonly approval: Approval;
      readonly claims: LinkClaims;
      /** What the person has said, by whichever way. */
      readonly own: Vote | undefined;
    };

type Ports = Pick<SignalPorts, 'table' | 'clock' | 'links'>;

/** Looks where the link of a token leads; changes nothing. A token that was not made here costs no look into the table. */
export async function followLink(ports: Ports, id: string, token: string): Promise<FollowedLink> {
  const claims = ports.links && readLink(await ports.links.secret(), token);
  if (claims?.approval !== id) return { state: 'invalid' };
  const approval = await findApproval(ports.table, id);
  if (approval === undefined) return { state: 'invalid' };
  const state = await stateOf(ports, approval, claims);
  if (state === 'open') return { state, approval, claims };
  const own = approval.votes.find(({ by }) => personKey(by) === personKey(claims.to));
  return { state, approval, claims, own };
}

async function stateOf(
  ports: Ports,
  approval: Approval,
  claims: LinkClaims,
): Promise<Exclude<FollowedLink['state'], 'invalid'>> {
  const { status, usedLinks, askedAt } = approval;
  if (askedAt !== claims.asked) return 'asked-again';
  if (usedLinks.includes(hashLink(claims))) return 'used';
  if (status === 'CANCELLED') return 'cancelled';
  const now = ports.clock.now();
  const isPast = claims.until !== undefined && now >= claims.until;
  if (status === 'EXPIRED' || (status === 'OPEN' && (isPast || isOverdue(approval, now)))) return 'expired';
  if (status !== 'OPEN') return 'decided';
  return (await maySpeak(ports, approval, claims.to)) ? 'open' : 'excluded';
}

/** Who has left the group since they were asked may not. */
async function maySpeak({ table }: Ports, approval: Approval, person: string): Promise<boolean> {
  const voters = await votersOf(table, approval);
  try {
    return voters !== undefined && demandVoter(voters, approval, person) !== '';
  } catch (error) {
    if (error instanceof StepwrightError) return false;
    throw error;
  }
}
