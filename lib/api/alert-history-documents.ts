import * as z from 'zod';
import type { AlertHistory, AlertHistoryEntry } from '#monitoring/alerts/history/alert-history.ts';
import { PAGE_KINDS } from '#monitoring/alerts/records/paging-record.ts';
import { DELIVERY_STATUSES } from '#notifications/delivery.ts';
import { instant } from './documents.ts';

const TOLD = {
  found: 'It was found, and has to last.',
  fired: 'It fired.',
  paged: 'Somebody was told.',
  said: 'Somebody has said, or done, something.',
  well: 'It was well again.',
} as const;

const EntryDocument = z.object({
  at: z.string().describe('When: ISO 8601, in UTC, with milliseconds.'),
  what: z.enum(['found', 'fired', 'paged', 'said', 'well']).describe(
    Object.entries(TOLD)
      .map(([what, words]) => `\`${what}\`: ${words}`)
      .join(' '),
  ),
  kind: z.enum(PAGE_KINDS).optional().describe('Why they were told.'),
  level: z.number().int().optional().describe('Level of the escalation.'),
  round: z.number().int().optional().describe('Round of the escalation.'),
  count: z.number().int().optional().describe('How many alerts they were told of together.'),
  deliveries: z
    .array(
      z.object({
        receiver: z.string(),
        status: z.enum(DELIVERY_STATUSES),
        tries: z.number().int(),
        inPlaceOf: z.string().optional().describe('The receiver that could not be told.'),
        error: z.string().optional().describe('What went wrong last.'),
      }),
    )
    .optional()
    .describe('Who was told, and whether it has arrived.'),
  escalation: z
    .object({ machine: z.string(), execution: z.string() })
    .optional()
    .describe('The execution by which the engine escalates from here on.'),
  by: z.string().optional().describe('Who has said it.'),
  did: z.string().optional().describe('What they did.'),
  why: z.string().optional(),
});

/** The history of an alert, as the API tells it. */
export const AlertHistoryDocument = z
  .object({
    entries: z.array(EntryDocument).describe('One thing after the other.'),
    more: z.boolean().describe('Whether there were more than the newest 100 pages, which are told.'),
  })
  .meta({ id: 'AlertHistory' });

/** The history of an alert, as the API tells it. */
export function toAlertHistoryDocument({
  entries,
  more,
}: AlertHistory): z.input<typeof AlertHistoryDocument> {
  return { entries: entries.map(toEntry), more };
}

function toEntry(entry: AlertHistoryEntry): z.input<typeof EntryDocument> {
  const at = instant(entry.at);
  if (entry.what === 'said') return { ...entry, at };
  if (entry.what !== 'paged') return { at, what: entry.what };
  const { what, kind, level, round, count, deliveries, escalation } = entry;
  return {
    ...{ at, what, kind, level, round, count },
    deliveries: deliveries.map(({ name, status, tries, inPlaceOf, error }) => ({
      ...{ receiver: name, status, tries, inPlaceOf, error: error?.message },
    })),
    escalation: escalation && { machine: escalation.machine, execution: escalation.name },
  };
}
