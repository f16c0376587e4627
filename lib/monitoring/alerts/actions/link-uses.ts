import { createHash } from 'node:crypto';
import * as z from 'zod';
import { alertKeys } from '#table/alert-keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';

const LinkUseSchema = z.object({
  by: z.string(),
  /** ms since the Unix epoch. */
  at: z.number(),
  /** Why nothing came of it. */
  refused: z.string().exactOptional(),
});

/** That a link was used, by whom and when. */
export type LinkUse = z.infer<typeof LinkUseSchema>;

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

/** Uses a link up; false where somebody has before. */
export async function useUp(
  table: Table,
  { alert, token }: { readonly alert: string; readonly token: string },
  use: LinkUse,
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

/** Notes why nothing came of the use of a link. */
export async function noteRefused(
  table: Table,
  { alert, token }: { readonly alert: string; readonly token: string },
  refused: string,
): Promise<void> {
  await table.update({ key: keyOf(alert, token), set: { refused } });
}

/** Makes a link good again by which nothing could be done. */
export async function giveBack(
  table: Table,
  { alert, token }: { readonly alert: string; readonly token: string },
): Promise<void> {
  await table.delete(keyOf(alert, token));
}
