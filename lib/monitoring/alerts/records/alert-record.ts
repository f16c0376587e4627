import { createHash } from 'node:crypto';
import * as z from 'zod';
import { SeveritySchema } from '#definition/alert/severity.ts';

/** How an alert stands: it may become one, it is one, somebody looks after it, it is over. */
export const ALERT_STATUSES = ['PENDING', 'FIRING', 'ACKNOWLEDGED', 'RESOLVED'] as const;

/** How an alert stands. */
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** What was well the last time. */
export const LastGoodSchema = z.object({
  execution: z.string().exactOptional(),
  version: z.string().exactOptional(),
  command: z.string().exactOptional(),
  /** ms since the Unix epoch. */
  at: z.number(),
});

/** What was well the last time. */
export type LastGood = z.infer<typeof LastGoodSchema>;

/** An alert on record: one trouble, from its begin to its end. Times are ms since the Unix epoch. */
export const AlertRecordSchema = z.object({
  /** `<group>.<rule>.<hash of by>.<since>`: the same however often it is found out. */
  id: z.string(),
  group: z.string(),
  /** Id of its rule. */
  alert: z.string(),
  title: z.string(),
  severity: SeveritySchema,
  team: z.string().exactOptional(),
  by: z.record(z.string(), z.string()),
  zone: z.string().exactOptional(),
  status: z.enum(ALERT_STATUSES),
  /** Since when it is as it should not be. */
  since: z.number(),
  /** When that was found out. */
  foundAt: z.number(),
  firedAt: z.number().exactOptional(),
  acknowledgedAt: z.number().exactOptional(),
  acknowledgedBy: z.string().exactOptional(),
  /** Since when it is well again, which it is not for long enough yet. */
  wellSince: z.number().exactOptional(),
  resolvedAt: z.number().exactOptional(),
  /** Undefined: the condition was well again. */
  resolvedBy: z.string().exactOptional(),
  /** Whether the condition still holds, though somebody has resolved it: until it is well, it is no new alert. */
  held: z.boolean().exactOptional(),
  value: z.number().exactOptional(),
  message: z.string().exactOptional(),
  runbook: z.string().exactOptional(),
  devices: z.array(z.string()),
  deviceCount: z.number().int(),
  executions: z.array(z.string()),
  error: z.string().exactOptional(),
  lastGood: LastGoodSchema.exactOptional(),
  /** Pagings that tell of it, by their keys. */
  pagings: z.array(z.string()),
  /** What people have said of it. */
  notes: z.array(
    z.object({ at: z.number(), by: z.string(), did: z.string(), why: z.string().exactOptional() }),
  ),
  revision: z.number().int(),
});

/** An alert on record. */
export type AlertRecord = z.infer<typeof AlertRecordSchema>;

const hashes = new WeakMap<AlertRecord['by'], string>();

/** What an alert is about, without its time: of one, there is one alert at a time. */
export function identityOf({ group, alert, by }: Pick<AlertRecord, 'group' | 'alert' | 'by'>): string {
  return `${group}.${alert}.${hashOf(by)}`;
}

/** The values of a series are one object for as long as it lasts, and asked for again and again. */
function hashOf(by: AlertRecord['by']): string {
  const known = hashes.get(by);
  if (known !== undefined) return known;
  const values = Object.entries(by).sort(([one], [other]) => (one < other ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 8);
  hashes.set(by, hash);
  return hash;
}

/** Whether an alert is one now: it was told, or may be. */
export function isOpen({ status }: Pick<AlertRecord, 'status'>): boolean {
  return status === 'FIRING' || status === 'ACKNOWLEDGED';
}

/** Fields by which alerts are grouped and matched. */
export function alertField(alert: AlertRecord, field: string): string {
  if (field === 'alert' || field === 'severity') return alert[field];
  return alert.by[field] ?? (field === 'zone' || field === 'team' ? (alert[field] ?? '') : '');
}
