import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import type { ConfidentialPart } from '#notifications/notifier.ts';
import type { ApprovalLinks } from '#signals/links.ts';
import { readToken, signToken } from '#signals/signed-token.ts';
import type { Table } from '#table/table.ts';
import { findMade, type MadeReport } from './made/made-report.ts';

/** What links by which people read reports take. */
export interface ReportLinkPorts {
  readonly table: Table;
  readonly clock: Clock;
  /** What links are made of. Default: none are made. */
  readonly links?: ApprovalLinks | undefined;
}

/** What a link permits: to read one report that was made, for some time. */
const ClaimsSchema = z.strictObject({
  report: z.string(),
  made: z.string(),
  /** The receiver that was sent the link. */
  to: z.string(),
  /** ms since the Unix epoch. */
  until: z.number(),
});

/** Where links lead. */
export const REPORT_LINK_PATH = '/v1/made-reports/read';

const PURPOSE = 'stepwright report link v1';
/** How long a link is good for, in ms. */
const GOOD_MS = 7 * 86_400_000;

/** Makes the link of a receiver, when they are told of a report; undefined where nobody knows where people reach the API. */
export async function makeReportLink(
  { links, clock }: Pick<ReportLinkPorts, 'links' | 'clock'>,
  { report, made }: Extract<ConfidentialPart, { kind: 'report-link' }>,
  to: string,
): Promise<{ readonly link: string } | undefined> {
  const base = await links?.baseUrl();
  if (links === undefined || base === undefined) return undefined;
  const claims = { report, made, to, until: Math.floor(clock.now()) + GOOD_MS };
  const token = signToken({ secret: await links.secret(), purpose: PURPOSE }, claims);
  return { link: `${base}${REPORT_LINK_PATH}?token=${token}` };
}

/** Where a link leads. */
export type FollowedReportLink =
  /** It was not made here, or was cut off. */
  | { readonly state: 'invalid' }
  /** It was good, and is so no more, or the report is not kept any more. */
  | { readonly state: 'over' }
  | { readonly state: 'open'; readonly made: MadeReport };

/** Looks where the link of a token leads. A token that was not made here costs no look into the table. */
export async function followReportLink(
  { table, clock, links }: ReportLinkPorts,
  token: string,
): Promise<FollowedReportLink> {
  const signing = links && { secret: await links.secret(), purpose: PURPOSE };
  const read = ClaimsSchema.safeParse(signing && readToken(signing, token));
  if (!read.success) return { state: 'invalid' };
  const { report, made: id, until } = read.data;
  const made = clock.now() < until ? await findMade(table, report, id) : undefined;
  return made === undefined ? { state: 'over' } : { state: 'open', made };
}
