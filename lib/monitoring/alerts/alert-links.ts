import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import type { ConfidentialPart } from '#notifications/notifier.ts';
import type { ApprovalLinks } from '#signals/links.ts';
import { readToken, signToken } from '#signals/signed-token.ts';
import type { Table } from '#table/table.ts';
import { type AlertRecord, isOpen } from './records/alert-record.ts';
import { openAlerts } from './store/alert-store.ts';
import { acknowledgeAlert } from './store/answer-alert.ts';
import { findPaging } from './store/paging-store.ts';

/** What links by which people acknowledge take. */
export interface AlertLinkPorts {
  readonly table: Table;
  readonly clock: Clock;
  /** What links are made of. Default: none are made. */
  readonly links?: ApprovalLinks | undefined;
}

/** What a link permits: whoever was told of a trouble to acknowledge what fires of it, until it is over. */
const ClaimsSchema = z.strictObject({
  paging: z.string(),
  incident: z.string(),
  /** The receiver that was sent the link. */
  to: z.string(),
  /** ms since the Unix epoch. */
  until: z.number(),
});

/** What a link permits. */
export type AlertLinkClaims = z.infer<typeof ClaimsSchema>;

/** Where links lead. */
export const ALERT_ANSWER_PATH = '/v1/alerts/answer';

const PURPOSE = 'stepwright alert link v1';
/** How long a link is good for, in ms; who needs it later is told again, or asks the API. */
const GOOD_MS = 7 * 86_400_000;
const CHANGES_AT_ONCE = 100;

/** Makes the link of a receiver, when a page is sent; undefined where nobody knows where people reach the API. */
export async function makeAlertLink(
  { links, clock }: Pick<AlertLinkPorts, 'links' | 'clock'>,
  { paging, incident }: Extract<ConfidentialPart, { kind: 'alert-link' }>,
  to: string,
): Promise<{ readonly link: string } | undefined> {
  const base = await links?.baseUrl();
  if (links === undefined || base === undefined) return undefined;
  const claims: AlertLinkClaims = { paging, incident, to, until: Math.floor(clock.now()) + GOOD_MS };
  const token = signToken({ secret: await links.secret(), purpose: PURPOSE }, claims);
  return { link: `${base}${ALERT_ANSWER_PATH}?token=${token}` };
}

/** Where a link leads. */
export type FollowedAlertLink =
  /** It was not made here, or was cut off. */
  | { readonly state: 'invalid' }
  /** It was good, and is so no more: its time is up, or all is over. */
  | { readonly state: 'over'; readonly claims: AlertLinkClaims }
  /** What fires can be acknowledged, if anything does that nobody has acknowledged. */
  | { readonly state: 'open'; readonly claims: AlertLinkClaims; readonly alerts: readonly AlertRecord[] };

/** Looks where the link of a token leads; changes nothing. A token that was not made here costs no look into the table. */
export async function followAlertLink(
  { table, clock, links }: AlertLinkPorts,
  token: string,
): Promise<FollowedAlertLink> {
  const signing = links && { secret: await links.secret(), purpose: PURPOSE };
  const read = ClaimsSchema.safeParse(signing && readToken(signing, token));
  if (!read.success) return { state: 'invalid' };
  const claims = read.data;
  const paging = await findPaging(table, claims.paging);
  const isOver = paging?.id !== claims.incident || paging.status === 'CLOSED' || clock.now() >= claims.until;
  if (isOver) return { state: 'over', claims };
  const alerts = (await openAlerts(table)).filter(
    (alert) => isOpen(alert) && alert.pagings.includes(claims.paging),
  );
  return alerts.length === 0 ? { state: 'over', claims } : { state: 'open', claims, alerts };
}

/** Acknowledges all that fires of what a link leads to, in the name of the receiver that it was sent to. */
export async function acknowledgeByLink(
  ports: AlertLinkPorts,
  { claims, alerts }: Extract<FollowedAlertLink, { state: 'open' }>,
): Promise<readonly AlertRecord[]> {
  const acknowledged: AlertRecord[] = [];
  const firing = alerts.filter(({ status }) => status === 'FIRING');
  for (let at = 0; at < firing.length; at += CHANGES_AT_ONCE) {
    const some = firing.slice(at, at + CHANGES_AT_ONCE);
    const answer = { by: claims.to, why: 'by link' };
    acknowledged.push(...(await Promise.all(some.map(({ id }) => acknowledgeAlert(ports, id, answer)))));
  }
  return acknowledged;
}
