import * as z from 'zod';
import { bottlenecksOf } from '#analytics/figures/bottlenecks.ts';
import { capacityOf, costTrend } from '#analytics/figures/forecast.ts';
import { MEASURES } from '#analytics/figures/measures.ts';
import { outliersOf } from '#analytics/figures/outliers.ts';
import { overviewOf } from '#analytics/figures/overview.ts';
import { trendOf } from '#analytics/figures/trend.ts';
import { usagePatterns } from '#analytics/figures/usage.ts';
import { type Dimension, FAMILIES } from '#analytics/rollups/facts.ts';
import { askForRebuild, findRebuild } from '#analytics/rollups/rebuild-store.ts';
import { getPool } from '#concurrency/pool.ts';
import { StepwrightError } from '#core/error.ts';
import {
  BottlenecksSchema,
  CapacitySchema,
  CostTrendSchema,
  HolderSchema,
  MeasureSchema,
  OutliersSchema,
  OverviewSchema,
  RebuildSchema,
  TrendSchema,
  toFigureDocument,
  UsagePatternsSchema,
} from '../figure-documents.ts';
import { PeriodQuerySchema, periodOf } from '../log-documents.ts';
import { defineRoute, UNREAD } from '../route.ts';

const DAY_MS = 86_400_000;
/** More hours are not answered at once. */
const MOST_DAYS_OF_HOURS = 31;

const DIMENSIONS = [
  'workflow',
  'version',
  'caller',
  'step',
  'command',
  'type',
  'zone',
  'route',
  'pool',
  'group',
] as const;

const TrendQuerySchema = PeriodQuerySchema.extend({
  measure: MeasureSchema,
  by: z.enum(['hour', 'day']).default('day').describe(`Hours of ${MOST_DAYS_OF_HOURS} days at most.`),
  dimension: z
    .enum(DIMENSIONS)
    .optional()
    .describe('Only of one value of this; for a measure of pools, `pool`.'),
  value: z.string().optional().describe('The value: `rollout`, `rollout@1.0.0`, `rollout/each.flash`.'),
});

const DAYS_AHEAD = z.coerce.number().int().min(1).max(90).default(28).describe('Days ahead.');

/** Routes of figures over time, of what was counted by hour and day. */
export const FIGURE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/analytics/overview',
    summary:
      'A period beside the one before: how many executions, how they ended, how long they took, what they cost',
    query: PeriodQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'Whole days, in UTC.', schema: OverviewSchema } },
    serve: async ({ table, clock }, { query }) =>
      answer(await overviewOf(table, periodOf(query, clock.now()))),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/analytics/trend',
    summary: 'A measure by hour or day, with what is usual, anomalies, and where its level has changed',
    query: TrendQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'The measure over time.', schema: TrendSchema } },
    serve: async ({ table, clock }, { query }) => {
      const { measure, by } = query;
      const period = periodOf(query, clock.now());
      if (by === 'hour' && period.to - period.from > MOST_DAYS_OF_HOURS * DAY_MS)
        throw badQuery(
          `hours of more than ${MOST_DAYS_OF_HOURS} days are not told at once`,
          'ask for days, or a shorter period',
        );
      return answer(await trendOf(table, { ...period, measure, by, of: wantedOf(query) }));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/analytics/usage',
    summary:
      'When executions are started, by day of the week and hour, by whom, and when far more than usual',
    query: PeriodQuerySchema.extend({
      timeZone: z.string().default('UTC').describe('Of the clock on the wall, such as `Europe/Berlin`.'),
    }),
    body: UNREAD,
    answers: { 200: { description: 'How they are started.', schema: UsagePatternsSchema } },
    serve: async ({ table, clock }, { query }) => {
      const { timeZone } = query;
      if (!isTimeZone(timeZone))
        throw badQuery(`"${timeZone}" is no time zone`, 'name one such as Europe/Berlin');
      return answer(await usagePatterns(table, { ...shortOf(periodOf(query, clock.now())), timeZone }));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/analytics/bottlenecks',
    summary: 'Which steps, commands, types or zones of devices hold the most of the time',
    query: PeriodQuerySchema.extend({
      by: HolderSchema.default('step'),
      workflow: z.string().optional().describe('Only steps and routes of this workflow.'),
    }),
    body: UNREAD,
    answers: { 200: { description: 'The most first.', schema: BottlenecksSchema } },
    serve: async ({ table, clock }, { query }) => {
      const { by, workflow } = query;
      if (workflow !== undefined && by !== 'step' && by !== 'route')
        throw badQuery(`what is told by ${by} is of all workflows`, 'leave out the workflow, or ask by step');
      return answer(await bottlenecksOf(table, { ...periodOf(query, clock.now()), by, workflow }));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/workflows/{name}/outliers',
    summary: 'Which version, caller, input value, device, type or zone goes with failed or slow executions',
    query: PeriodQuerySchema.extend({ of: z.enum(['failed', 'slow']).default('failed') }),
    body: UNREAD,
    answers: { 200: { description: 'What was found.', schema: OutliersSchema } },
    serve: async ({ table, clock }, { params, query }) => {
      const workflow = params['name'] ?? '';
      return answer(await outliersOf(table, { ...periodOf(query, clock.now()), workflow, of: query.of }));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/analytics/cost',
    summary: 'What executions have cost on AWS, or would have, by day and workflow, and how that goes on',
    query: z.object({ days: DAYS_AHEAD }),
    body: UNREAD,
    answers: { 200: { description: 'Of the last eight weeks.', schema: CostTrendSchema } },
    serve: async ({ table, clock }, { query }) =>
      answer(await costTrend(table, { now: clock.now(), daysAhead: query.days })),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/analytics/forecast',
    summary:
      'How many executions run at once, or how many units of a pool are held, and when that reaches a limit',
    query: z.object({
      days: DAYS_AHEAD,
      pool: z.string().optional().describe('Of this pool; its limit, where none is given.'),
      limit: z.coerce.number().positive().optional(),
    }),
    body: UNREAD,
    answers: { 200: { description: 'Of the busiest hour of each day.', schema: CapacitySchema } },
    serve: async ({ table, clock }, { query }) => {
      const { days: daysAhead, pool } = query;
      const limit = query.limit ?? (pool === undefined ? undefined : (await getPool(table, pool)).limit);
      return answer(await capacityOf(table, { now: clock.now(), daysAhead, pool, limit }));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/analytics/rebuild',
    summary: 'Count days anew from records and histories',
    query: PeriodQuerySchema,
    body: UNREAD,
    answers: { 202: { description: 'It begins soon.', schema: RebuildSchema } },
    serve: async ({ table, clock }, { query }) => {
      const now = clock.now();
      return {
        status: 202,
        document: toFigureDocument(await askForRebuild(table, periodOf(query, now), now)),
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/analytics/rebuild',
    summary: 'How far the last rebuild is',
    query: UNREAD,
    body: UNREAD,
    answers: {
      200: {
        description: 'The last that was asked for.',
        schema: z.object({ rebuild: RebuildSchema.optional() }),
      },
    },
    serve: async ({ table }) => {
      const rebuild = await findRebuild(table);
      return answer(rebuild === undefined ? {} : { rebuild });
    },
  }),
];

function answer(figures: object) {
  return { status: 200, document: toFigureDocument(figures) };
}

function wantedOf({ measure, dimension, value }: z.infer<typeof TrendQuerySchema>) {
  const { family } = MEASURES[measure];
  const known: readonly Dimension[] = FAMILIES[family];
  if (dimension === undefined && value === undefined && known.includes('all')) return undefined;
  if (dimension !== undefined && value !== undefined && known.includes(dimension))
    return { dimension, value };
  const names = known.filter((name) => name !== 'all').join(', ');
  throw badQuery(`${measure} needs a dimension, one of ${names}, and its value`, 'give both');
}

/** Hours of the last days of a long period. */
function shortOf({ from, to }: { readonly from: number; readonly to: number }) {
  return { from: Math.max(from, to - 2 * MOST_DAYS_OF_HOURS * DAY_MS), to };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function badQuery(message: string, hint: string): StepwrightError {
  return new StepwrightError({ code: 'SW4001', kind: 'invalid', message, hint });
}
