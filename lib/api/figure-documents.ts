import * as z from 'zod';
import type { HOLDERS } from '#analytics/figures/bottlenecks.ts';
import { MEASURE_NAMES, MEASURES } from '#analytics/figures/measures.ts';
import { isJsonObject, type Json } from '#core/json.ts';
import { InstantSchema, instant } from './documents.ts';

const REACH = {
  countedUpTo: InstantSchema.optional().describe(
    'Up to when all was counted; left out where nothing was yet.',
  ),
  incompleteSince: InstantSchema.optional().describe(
    'When it was found that events are missing which should have been counted; a rebuild counts them from records.',
  ),
};

const PERIOD = { from: InstantSchema, to: InstantSchema };

/** The name of a measure. */
export const MeasureSchema = z
  .enum(MEASURE_NAMES)
  .describe(MEASURE_NAMES.map((name) => `\`${name}\`: ${MEASURES[name].meaning}`).join(' '));

/** What time is divided by. */
export const HolderSchema = z.enum([
  'step',
  'command',
  'type',
  'zone',
  'route',
] satisfies (keyof typeof HOLDERS)[]);

/** A period beside the one before. */
export const OverviewSchema = z
  .object({
    ...PERIOD,
    ...REACH,
    executions: z.int().describe('How many it is made of.'),
    measures: z.array(
      z.object({
        measure: MeasureSchema,
        unit: z.string(),
        value: z.number().optional(),
        before: z.number().optional().describe('In the period of the same length before.'),
      }),
    ),
    workflows: z.array(
      z.object({
        workflow: z.string().describe('Empty for all that are not told apart.'),
        started: z.int(),
        ended: z.int(),
        failureRate: z.number().optional(),
        p50: z.number().optional().describe('In ms, within 2 %.'),
        p90: z.number().optional(),
        dollars: z.number(),
      }),
    ),
  })
  .meta({ id: 'AnalyticsOverview' });

/** A measure over time. */
export const TrendSchema = z
  .object({
    ...PERIOD,
    ...REACH,
    measure: MeasureSchema,
    unit: z.string(),
    by: z.enum(['hour', 'day']),
    known: z.int().describe('How many hours or days have a value.'),
    points: z.array(
      z.object({
        at: InstantSchema,
        value: z.number().optional(),
        usual: z.number().optional().describe('Median of the same time of the weeks, or days, before.'),
        deviations: z.number().optional().describe('Robust standard deviations from it.'),
        isAnomaly: z.boolean().describe('Whether these are four or more.'),
      }),
    ),
    changes: z
      .array(z.object({ at: InstantSchema, before: z.number(), after: z.number() }))
      .describe('Where the level has changed, by day, with the medians before and after.'),
  })
  .meta({ id: 'AnalyticsTrend' });

/** How executions are started. */
export const UsagePatternsSchema = z
  .object({
    ...PERIOD,
    ...REACH,
    timeZone: z.string(),
    started: z.int(),
    heat: z.array(z.array(z.int())).describe('By day of the week, Monday first, and hour of the day.'),
    callers: z.array(
      z.object({
        caller: z.string().optional().describe('Left out for the rest together.'),
        started: z.int(),
      }),
    ),
    bursts: z.array(z.object({ ...PERIOD, started: z.int(), usual: z.number(), failed: z.int() })),
  })
  .meta({ id: 'UsagePatterns' });

/** What holds the time. */
export const BottlenecksSchema = z
  .object({
    ...PERIOD,
    ...REACH,
    by: HolderSchema,
    runs: z.int().describe('How many it is made of.'),
    holders: z.array(
      z.object({
        name: z.string().optional().describe('Left out for the rest together.'),
        ...{ runs: z.int(), failed: z.int(), retries: z.int() },
        ...{ workMs: z.number(), waitMs: z.number().describe('For its device.') },
        share: z.number().describe('Of the time of all.'),
        ...{ p50: z.number().optional(), p90: z.number().optional() },
      }),
    ),
  })
  .meta({ id: 'Bottlenecks' });

/** What goes with failed or slow executions. */
export const OutliersSchema = z
  .object({
    ...PERIOD,
    workflow: z.string(),
    of: z.enum(['failed', 'slow']),
    executions: z.int().describe('How many were looked at.'),
    bad: z.int(),
    withDevices: z.int().describe('Of how many of them, the newest, the devices were looked at.'),
    slowFromMs: z.number().optional().describe('The slowest tenth of those that succeeded.'),
    isWhole: z.boolean(),
    tested: z.int().describe('How many values were tested.'),
    found: z.array(
      z.object({
        ...{ field: z.string(), value: z.string(), executions: z.int(), bad: z.int() },
        ...{ rate: z.number(), otherRate: z.number(), lift: z.number() },
        chance: z
          .number()
          .describe('Fisher’s exact test, corrected for how many were tested (Benjamini and Hochberg).'),
      }),
    ),
  })
  .meta({ id: 'Outliers' });

const OUTLOOK = {
  ...REACH,
  past: z.array(z.object({ at: InstantSchema, value: z.number() })),
  coming: z
    .array(z.object({ at: InstantSchema, value: z.number(), low: z.number(), high: z.number() }))
    .describe('Empty where fewer than 14 days are known. Between low and high, 80 of a hundred.'),
  slope: z
    .object({ slope: z.number(), low: z.number(), high: z.number() })
    .optional()
    .describe('By how much it grows a day, with its 90 % interval.'),
};

/** What is needed, and when that reaches what there is. */
export const CapacitySchema = z
  .object({
    of: z.string(),
    limit: z.number().optional(),
    reachedAt: InstantSchema.optional(),
    reachedAtEarliest: InstantSchema.optional(),
    ...OUTLOOK,
  })
  .meta({ id: 'CapacityForecast' });

/** What executions cost. */
export const CostTrendSchema = z
  .object({
    ...PERIOD,
    ...OUTLOOK,
    ...{ dollars: z.number(), comingDollars: z.number(), executions: z.int() },
    workflows: z.array(z.object({ workflow: z.string(), dollars: z.number(), executions: z.int() })),
  })
  .meta({ id: 'CostTrend' });

/** What is counted anew. */
export const RebuildSchema = z
  .object({
    ...PERIOD,
    next: InstantSchema.describe('The day that comes next; the same as `to` when all is done.'),
    executions: z.int(),
    askedAt: InstantSchema,
    tries: z
      .int()
      .describe('How often the next day was begun; on AWS, one has to be done in a call of five minutes.'),
    givenUp: z
      .array(InstantSchema)
      .describe('Days that were begun three times, and never done: they stay as they were counted.'),
  })
  .meta({ id: 'AnalyticsRebuild' });

const TIMES = [
  ...['at', 'from', 'to', 'next', 'askedAt', 'countedUpTo', 'incompleteSince'],
  ...['reachedAt', 'reachedAtEarliest', 'givenUp'],
];

/** Figures as a document: times are instants. */
export function toFigureDocument(figures: object): Json {
  return withInstants(JSON.parse(JSON.stringify(figures)));
}

function withInstants(value: Json, name = ''): Json {
  if (typeof value === 'number') return TIMES.includes(name) ? instant(value) : value;
  if (Array.isArray(value)) return value.map((each: Json) => withInstants(each, name));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each = null]) => [key, withInstants(each, key)]),
  );
}
