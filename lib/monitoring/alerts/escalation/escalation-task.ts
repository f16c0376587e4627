import * as z from 'zod';
import { alertKeys } from '#table/alert-keys.ts';
import type { Table } from '#table/table.ts';

/** What the machine of an escalation says to its handler. */
export const EscalateRequestSchema = z.object({
  taskToken: z.string(),
  /** Key of what is told of together. */
  paging: z.string(),
  /** Id of it: of this time. */
  incident: z.string(),
  /** When the escalation began, in ms since the Unix epoch. */
  begun: z.number(),
  /** Which step of it is due; the first is 1. */
  step: z.number().int(),
});

/** What the machine of an escalation says to its handler. */
export type EscalateRequest = z.infer<typeof EscalateRequestSchema>;

/** How an escalation ends. */
export type EscalationEnd = 'acknowledged' | 'over' | 'begun anew';

/** Where the task of an escalation stays on record when nobody answers it, in seconds. */
const KEEP_SECONDS = 90 * 86_400;

/** Notes the task that waits for somebody to acknowledge, in the place of the one before. */
export async function putEscalationTask(
  table: Table,
  { paging, ...request }: EscalateRequest,
  now: number,
): Promise<void> {
  const expiresAt = Math.floor(now / 1_000) + KEEP_SECONDS;
  await table.put({ ...alertKeys.escalationTask(paging), paging, ...request, expiresAt });
}

/** The task that waits for somebody to acknowledge; undefined where none does. */
export async function findEscalationTask(table: Table, paging: string): Promise<EscalateRequest | undefined> {
  const item = await table.get(alertKeys.escalationTask(paging));
  return item === undefined ? undefined : EscalateRequestSchema.parse(item);
}
