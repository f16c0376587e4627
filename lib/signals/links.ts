import { createHash } from 'node:crypto';
import * as z from 'zod';
import { personKey } from '#definition/person.ts';
import type { Approval } from './approval.ts';
import { readToken, signToken } from './signed-token.ts';

/** What links by which people answer are made of. */
export interface ApprovalLinks {
  /** Whoever knows it can answer for anybody. At least 32 random bytes, as text. */
  secret(): Promise<string>;
  /** Where people reach the API, without a slash at its end; undefined where nobody knows: no links are sent then. */
  baseUrl(): Promise<string | undefined>;
}

const DECISIONS = ['approve', 'reject'] as const;

/** What a link permits: one person, of one approval as it was asked then, to say one of these things, until then. */
const ClaimsSchema = z.strictObject({
  /** Id of the approval. */
  approval: z.string(),
  /** When it was asked: one that is asked again has other links. */
  asked: z.number(),
  to: z.string(),
  decisions: z.array(z.enum(DECISIONS)).readonly(),
  /** ms since the Unix epoch; without it, as long as the approval is open. */
  until: z.number().optional(),
});

/** What a link permits. */
export type LinkClaims = z.infer<typeof ClaimsSchema>;

/** So that the secret means nothing elsewhere. */
const PURPOSE = 'stepwright approval link v1';

/** The link of a person, the same each time it is asked for. */
export function claimsOf({ id, askedAt, dueAt }: Approval, to: string): LinkClaims {
  return {
    ...{ approval: id, asked: askedAt, to, decisions: DECISIONS },
    ...(dueAt === undefined ? {} : { until: dueAt }),
  };
}

/** The token of a link. */
export function signLink(secret: string, claims: LinkClaims): string {
  return signToken({ secret, purpose: PURPOSE }, claims);
}

/** What a token permits; undefined when it was not made with this secret. Looks nothing up. */
export function readLink(secret: string, token: string): LinkClaims | undefined {
  const claims = readToken({ secret, purpose: PURPOSE }, token);
  return claims === undefined ? undefined : ClaimsSchema.parse(claims);
}

/** What is kept of a link that was used: nobody can make the link of it. */
export function hashLink(claims: LinkClaims): string {
  const { approval, asked, to } = claims;
  return createHash('sha256')
    .update(JSON.stringify([approval, asked, personKey(to)]))
    .digest('base64url');
}

/** The address of a person's link, or undefined where there are none. */
export async function linkFor(
  links: ApprovalLinks | undefined,
  approval: Approval,
  to: string,
): Promise<string | undefined> {
  const base = await links?.baseUrl();
  if (links === undefined || base === undefined) return undefined;
  const token = signLink(await links.secret(), claimsOf(approval, to));
  return `${base}/v1/approvals/${encodeURIComponent(approval.id)}/answer?token=${token}`;
}
