import * as z from 'zod';
import { MatcherSchema } from '#definition/alert/route.ts';
import { SeveritySchema } from '#definition/alert/severity.ts';
import type { ALERT_STATUSES, AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import type { SilenceRecord } from '#monitoring/alerts/records/silence-record.ts';
import type { PublishedAlerts } from '#monitoring/alerts/store/group-store.ts';

const instant = (what: string) => z.string().describe(`${what}: ISO 8601, in UTC, with milliseconds.`);

const DidSchema = z.enum(['acknowledged', 'resolved', 'silenced', 'resumed', 'skipped', 'rolled back']);

/** An alert, as the API tells it. */
export const AlertDocument = z
  .object({
    id: z.string(),
    group: z.string().describe('Its group: the name of its file.'),
    alert: z.string().describe('Id of its rule.'),
    title: z.string(),
    severity: SeveritySchema,
    team: z.string().optional(),
    state: z.enum(['pending', 'firing', 'acknowledged', 'resolved']),
    by: z.record(z.string(), z.string()).describe('What it is told apart by.'),
    zone: z.string().optional(),
    since: instant('Since when it is so'),
    firedAt: instant('When it fired').optional(),
    acknowledgedAt: instant('When somebody began to look after it').optional(),
    acknowledgedBy: z.string().optional(),
    resolvedAt: instant('When it was over').optional(),
    resolvedBy: z.string().optional().describe('Who has said so; left out where it was well again.'),
    value: z.number().optional().describe('What was held against the bounds of its rule.'),
    message: z.string().optional(),
    runbook: z.string().optional(),
    devices: z
      .array(z.string())
      .describe(
        'The latest devices that it is about, 20 at most. Of one alert that names executions and no device: where those have failed.',
      ),
    deviceCount: z.number().int(),
    executions: z.array(z.string()).describe('The latest executions that it is about, 20 at most.'),
    error: z.string().optional().describe('The latest error.'),
    lastGood: z
      .object({
        execution: z.string().optional(),
        version: z.string().optional(),
        command: z.string().optional(),
        at: instant('When that was'),
      })
      .optional()
      .describe('What went well the last time, before it fired.'),
    notes: z.array(
      z.object({
        at: instant('When'),
        by: z.string(),
        did: DidSchema.describe('What they did to it, or, by a link, to an execution that it is about.'),
        why: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Alert' });

/** An alert, as the API tells it. */
export function toAlertDocument(record: AlertRecord): z.input<typeof AlertDocument> {
  const { status, since, firedAt, acknowledgedAt, resolvedAt, notes, lastGood, ...rest } = record;
  const { id, group, alert, title, severity, team, by, zone, acknowledgedBy, resolvedBy, value } = rest;
  const { message, runbook, devices, deviceCount, executions, error } = rest;
  return {
    ...{ id, group, alert, title, severity, team, state: STATES[status], by, zone, since: iso(since) },
    ...{ firedAt: at(firedAt), acknowledgedAt: at(acknowledgedAt), acknowledgedBy },
    ...{ resolvedAt: at(resolvedAt), resolvedBy, value, message, runbook },
    ...{ devices, deviceCount, executions, error },
    lastGood: lastGood === undefined ? undefined : { ...lastGood, at: iso(lastGood.at) },
    notes: notes.map((note) => ({ ...note, at: iso(note.at), did: DidSchema.parse(note.did) })),
  };
}

const STATES = {
  PENDING: 'pending',
  FIRING: 'firing',
  ACKNOWLEDGED: 'acknowledged',
  RESOLVED: 'resolved',
} as const satisfies Record<(typeof ALERT_STATUSES)[number], string>;

/** Alerts that are not told of for some time, as the API tells it. */
export const SilenceDocument = z
  .object({
    id: z.string(),
    group: z.string().optional().describe('Only alerts of this group.'),
    match: MatcherSchema,
    by: z.record(z.string(), z.string()).optional().describe('Only alerts with these values.'),
    from: instant('When it begins'),
    until: instant('When it ends'),
    reason: z.string(),
    createdBy: z.string(),
    createdAt: instant('When it was made'),
  })
  .meta({ id: 'Silence' });

/** A silence, as the API tells it. */
export function toSilenceDocument(record: SilenceRecord): z.input<typeof SilenceDocument> {
  const { from, until, createdAt, ...rest } = record;
  return { ...rest, from: iso(from), until: iso(until), createdAt: iso(createdAt) };
}

/** A group of alerts as it is published. */
export const AlertGroupDocument = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    rules: z.array(z.string()).describe('Ids of its rules.'),
    publishedAt: instant('Since when its rules are as they are'),
    source: z.string().describe('Its text.'),
  })
  .meta({ id: 'AlertGroup' });

/** A group, as the API tells it. */
export function toGroupDocument(group: PublishedAlerts): z.input<typeof AlertGroupDocument> {
  const { name, file, publishedAt, source } = group;
  const { description, rules } = file;
  return { name, description, rules: rules.map(({ id }) => id), publishedAt: iso(publishedAt), source };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function at(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : iso(ms);
}
