import { createHash } from 'node:crypto';
import * as z from 'zod';
import { SeveritySchema } from '#definition/alert/severity.ts';

/** Why somebody is told. */
export const PAGE_KINDS = ['firing', 'repeated', 'escalated', 'acknowledged', 'resolved'] as const;

/** What of an alert is told. Times are ISO 8601. */
export const PagedAlertSchema = z.object({
  id: z.string(),
  alert: z.string(),
  title: z.string(),
  severity: SeveritySchema,
  by: z.record(z.string(), z.string()),
  since: z.string(),
  message: z.string().exactOptional(),
  runbook: z.string().exactOptional(),
  value: z.number().exactOptional(),
  error: z.string().exactOptional(),
  devices: z.array(z.string()),
  deviceCount: z.number().int(),
  executions: z.array(z.string()),
  lastGood: z.string().exactOptional(),
});

/** What of an alert is told. */
export type PagedAlert = z.infer<typeof PagedAlertSchema>;

/** Something that receivers are told, once each under its id. */
export const PageSchema = z.object({
  /** The same whenever it is sent again. */
  id: z.string(),
  kind: z.enum(PAGE_KINDS),
  /** ms since the Unix epoch. */
  at: z.number(),
  group: z.string(),
  /** Names of receivers of the file. */
  to: z.array(z.string()),
  /** Key of the paging. */
  paging: z.string(),
  /** The same for all pages about one trouble: its id. */
  incident: z.string(),
  severity: SeveritySchema,
  /** How many alerts it is about. */
  count: z.number().int(),
  /** Those that are new first, 20 at most. */
  alerts: z.array(PagedAlertSchema),
  round: z.number().int().exactOptional(),
  level: z.number().int().exactOptional(),
  /** The escalation that begins with it: its name in the file, and when it began. */
  begins: z.object({ escalation: z.string(), at: z.number() }).exactOptional(),
});

/** Something that receivers are told. */
export type Page = z.infer<typeof PageSchema>;

/** Alerts that are told of together, on record from the first of them until all are over. Times are ms since the Unix epoch. */
export const PagingSchema = z.object({
  /** By what alerts are told of together: the same after they are over. */
  key: z.string(),
  /** Of this time. */
  id: z.string(),
  group: z.string(),
  route: z.number().int(),
  status: z.enum(['OPEN', 'CLOSED']),
  startedAt: z.number(),
  /** How many pages there were. */
  told: z.number().int(),
  toldAt: z.number().exactOptional(),
  /** When the last of the alerts had fired that were told of, but for those that were held back. */
  toldUntil: z.number().exactOptional(),
  /** Ids of alerts that were silenced or inhibited when the others were told of. */
  heldBack: z.array(z.string()),
  /** Everybody who has been told. */
  toldTo: z.array(z.string()),
  worst: SeveritySchema.exactOptional(),
  /** When the escalation began, and how many of its steps are done. */
  escalatedAt: z.number().exactOptional(),
  steps: z.number().int(),
  /** The step that the execution of the escalation has come to; without one, steps are due by the clock. */
  reached: z.number().int().exactOptional(),
  isAcknowledged: z.boolean(),
  /** What was told last. */
  subjects: z.array(PagedAlertSchema),
  /** Pages that may not have been sent yet. */
  outbox: z.array(PageSchema),
  revision: z.number().int(),
});

/** Alerts that are told of together. */
export type Paging = z.infer<typeof PagingSchema>;

/** By what alerts are told of together. */
export function pagingKey(group: string, route: number, values: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12);
  return `${group}.${route}.${hash}`;
}

/** A paging of which nobody has been told yet. */
export function beginPaging(key: string, now: number): Paging {
  const [group = '', route = '0'] = key.split('.');
  return {
    ...{ key, group, route: Number(route), id: `${key}.${Math.floor(now).toString(36)}`, status: 'OPEN' },
    ...{ startedAt: now, told: 0, heldBack: [], toldTo: [], steps: 0, isAcknowledged: false },
    ...{ subjects: [], outbox: [], revision: 0 },
  };
}
