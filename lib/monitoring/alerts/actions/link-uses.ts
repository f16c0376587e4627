import { createHash } from 'node:crypto';
import * as z from 'zod';
import { alertKeys } from '#table/alert-keys.ts';
import { ConditionFailed, queryAll, type Table } from '#table/table.ts';

const LinkUseSchema = z.object({
  by: z.string(),
  /** ms since the Unix epoch. */
  at: z.number(),
  verb: z.enum(['resume', 'skip', 'rollback']),
  execution: z.string(),
  /** The step that is skipped. */
  path: z.string().exactOptional(),
  /**
   * What came of it. Undefined: that is not on record. It may still be under way; where whoever did it broke down meanwhile, it may have been
   * done, or not: the execution tells.
   */
  outcome: z
    .discriminatedUnion('is', [
      z.object({ is: z.literal('done') }),
      z.object({ is: z.literal('refused'), why: z.string() }),
    ])
    .exactOptional(),
});

/** That a link was used, by whom, when and for what. */
export type LinkUse = z.infer<typeof LinkUseSchema>;

/** What is said to have been done by a link. */
export const DID = {
  resume: 'resumed',
  skip: 'skipped',
  rollback: 'rolled back',
} as const satisfies Record<LinkUse['verb'], string>;

/** What a link was used for, in words. */
export function useWords({ execution, path }: Pick<LinkUse, 'execution' | 'path'>): string {
  return `execution ${execution}${path === undefined ? '' : `, step ${path}`}, by link`;
}

/** One link of an alert. */
export interface LinkOfAlert {
  readonly alert: string;
  readonly token: string;
}

/** So many uses are told of. */
const MOST_USES = 100;

/** How long it is remembered, in seconds: longer than any link is good. */
const KEEP_SECONDS = 8 * 86_400;

/** What is kept of a link that was used: nobody can make the link of it. */
function keyOf(alert: string, token: string) {
  return alertKeys.usedLink(alert, createHash('sha256').update(token).digest('base64url'));
}

/** Whether a link was used; undefined where it was not. */
export async function findUse(table: Table, alert: string, token: string): Promise<LinkUse | undefined> {
  const item = await table.get(keyOf(alert, token));
  return item === undefined ? undefined : LinkUseSchema.parse(item);
}

/** The uses of links of an alert, in no order. */
export async function usesOf(table: Table, alert: string): Promise<readonly LinkUse[]> {
  const query = { partition: alertKeys.partition(alert), prefix: alertKeys.usedLinkPrefix, limit: MOST_USES };
  const uses: LinkUse[] = [];
  for await (const item of queryAll(table, query)) {
    uses.push(LinkUseSchema.parse(item));
    if (uses.length >= MOST_USES) break;
  }
  return uses;
}

/** Uses a link up; false where somebody has before. */
export async function useUp(
  table: Table,
  { alert, token }: LinkOfAlert,
  use: Omit<LinkUse, 'outcome'>,
): Promise<boolean> {
  const expiresAt = Math.floor(use.at / 1_000) + KEEP_SECONDS;
  try {
    await table.put({ ...keyOf(alert, token), ...use, expiresAt }, { exists: false });
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

/** Notes what came of the use of a link. */
export async function noteOutcome(
  table: Table,
  { alert, token }: LinkOfAlert,
  outcome: NonNullable<LinkUse['outcome']>,
): Promise<void> {
  await table.update({ key: keyOf(alert, token), set: { outcome } });
}

/** Makes a link good again by which nothing could be done. */
export async function giveBack(table: Table, { alert, token }: LinkOfAlert): Promise<void> {
  await table.delete(keyOf(alert, token));
}
