import * as z from 'zod';
import type { DecisionRecord, LogRecord, RouteRecord } from '#analytics/record.ts';
import { StepwrightError } from '#core/error.ts';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { InstantSchema, instant } from './documents.ts';

const DAY_MS = 86_400_000;
/** So long a period is without `from`, and at most; what is older than the longest period is asked for by `to`. */
const DEFAULT_DAYS = 7;
const LONGEST_DAYS = 92;

/** Of which period records are told. */
export const PeriodQuerySchema = z.object({
  from: z
    .string()
    .optional()
    .describe(`Day, or instant with its offset, from which on; default ${DEFAULT_DAYS} days before \`to\`.`),
  to: z
    .string()
    .optional()
    .describe(
      `Day, or instant with its offset, before which; default now. At most ${LONGEST_DAYS} days after \`from\`.`,
    ),
});

const DAY_OR_INSTANT = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** The period that is asked for. Throws SW4001. */
export function periodOf(
  { from, to }: z.infer<typeof PeriodQuerySchema>,
  now: number,
): { readonly from: number; readonly to: number } {
  const end = to === undefined ? now : timeOf('to', to);
  const begin = from === undefined ? end - DEFAULT_DAYS * DAY_MS : timeOf('from', from);
  if (begin >= end) throw badPeriod(`from ${instant(begin)} is not before to ${instant(end)}`);
  if (end - begin > LONGEST_DAYS * DAY_MS)
    throw badPeriod(`from ${instant(begin)} to ${instant(end)} is more than ${LONGEST_DAYS} days`);
  return { from: begin, to: end };
}

function timeOf(name: string, text: string): number {
  if (!DAY_OR_INSTANT.safeParse(text).success)
    throw badPeriod(`query.${name}: "${text}" is no day and no instant`);
  return Date.parse(text);
}

function badPeriod(message: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4001',
    kind: 'invalid',
    message,
    hint: `give days such as 2026-11-26, or instants such as 2026-11-26T08:30:00Z, at most ${LONGEST_DAYS} days apart`,
  });
}

const OutcomeDocumentSchema = z.object({
  status: z.string().describe('Of a decision that of its execution, of a route that of its command.'),
  endedAt: InstantSchema,
  success: z.boolean().optional().describe('Not there where the end tells nothing of it.'),
});

const COMMON = {
  id: z.string(),
  at: InstantSchema.describe('When it was made.'),
  execution: z.string(),
  path: z.string().describe('Of the step, with the iterations it is in.'),
  attempt: z.int(),
  workflow: z.string().optional().describe('Of a decision known when its execution has ended.'),
  workflowVersion: z.string().optional(),
  features: JsonObjectSchema.describe('What was known when it was made.'),
  outcome: OutcomeDocumentSchema.optional(),
  error: z.string().optional(),
  latencyMs: z
    .number()
    .optional()
    .describe('Of a decision, how long it took to be made; of a route, how long the device took to answer.'),
};

/** A decision of the log, as a document. */
export const DecisionRecordSchema = z
  .object({
    kind: z.literal('decision'),
    ...COMMON,
    decision: z.string(),
    version: z.string().describe('The one that has decided.'),
    asked: z.string().describe('The one that the step asks.'),
    side: z.enum(['base', 'canary']).optional().describe('Of a trial by a canary.'),
    propensity: z.number().optional().describe('The chance with which this side was to decide.'),
    rules: z.array(z.int()).optional().describe('Rules of a table that held, from 1.'),
    otherwise: z.boolean().optional(),
    branches: z.array(z.string()).optional().describe('Branches of a tree that were taken.'),
    chosen: JsonSchema.optional(),
    omitted: z.array(z.string()).optional().describe('What is too long to be kept.'),
    shadow: z
      .object({
        version: z.string(),
        chosen: JsonSchema.optional(),
        error: z.string().optional(),
        differs: z.boolean(),
        latencyMs: z.number(),
      })
      .optional()
      .describe('What a version in the shadow would have decided.'),
  })
  .meta({ id: 'DecisionRecord' });

/** A choice of a device of the log, as a document. */
export const RouteRecordSchema = z
  .object({
    kind: z.literal('route'),
    ...COMMON,
    route: z.string().describe('Workflow and path of the step.'),
    options: z
      .array(z.looseObject({ device: z.string() }))
      .describe('The devices that did best with what spoke for each, the chosen one first.'),
    chosen: z.string(),
  })
  .meta({ id: 'RouteRecord' });

/** A decision as a document. */
export function toDecisionDocument(record: DecisionRecord): z.input<typeof DecisionRecordSchema> {
  const { outcome: _outcome, rules, branches, omitted, ...rest } = record;
  return {
    ...rest,
    ...commonOf(record),
    ...(rules === undefined ? {} : { rules: [...rules] }),
    ...(branches === undefined ? {} : { branches: [...branches] }),
    ...(omitted === undefined ? {} : { omitted: [...omitted] }),
  };
}

/** A choice of a device as a document. */
export function toRouteDocument(record: RouteRecord): z.input<typeof RouteRecordSchema> {
  const { outcome: _outcome, options, ...rest } = record;
  return { ...rest, ...commonOf(record), options: [...options] };
}

function commonOf({ at, outcome }: LogRecord): {
  at: string;
  outcome?: z.input<typeof OutcomeDocumentSchema>;
} {
  if (outcome === undefined) return { at: instant(at) };
  const { status, endedAt, success } = outcome;
  const told = { status, endedAt: instant(endedAt), ...(success === undefined ? {} : { success }) };
  return { at: instant(at), outcome: told };
}
