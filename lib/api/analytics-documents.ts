import * as z from 'zod';
import type { DecisionAnalytics } from '#analytics/decision-analytics.ts';
import type { RouteAnalytics } from '#analytics/route-analytics.ts';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { InstantSchema, instant } from './documents.ts';

const SUMMARY = {
  hits: z.int(),
  ended: z.int().describe('How many have an end that tells how it went.'),
  succeeded: z.int().describe('How many of those went well.'),
  successRate: z.number().optional(),
  latencyMs: z
    .object({ p50: z.number(), p90: z.number(), p99: z.number() })
    .optional()
    .describe('Quantiles, each within 1 %: of deciding, or of the answers of devices.'),
};

const SummarySchema = z.object(SUMMARY).meta({ id: 'OutcomeSummary' });

const RegretSchema = z
  .object({
    perChoice: z
      .number()
      .describe(
        'How much likelier the best alternative of which enough is known would have gone well, on average.',
      ),
    covered: z.int().describe('Choices of which it speaks.'),
    choices: z.int(),
  })
  .meta({ id: 'Regret' });

const PERIOD = {
  from: InstantSchema,
  to: InstantSchema,
  isWhole: z.boolean().describe('False where there is more than is read: then `from` is as far as was read.'),
  all: SummarySchema,
};

/** What came of the decisions of a name, as a document. */
export const DecisionAnalyticsSchema = z
  .object({
    decision: z.string(),
    ...PERIOD,
    failed: z.int().describe('Decisions that failed.'),
    versions: z.array(z.object({ version: z.string(), ...SUMMARY })),
    rules: z.array(z.object({ version: z.string(), rule: z.string(), ...SUMMARY })),
    neverHit: z.array(z.object({ version: z.string(), rules: z.array(z.string()) })),
    workflows: z.array(z.object({ workflow: z.string(), ...SUMMARY })),
    splits: z
      .array(
        z.object({
          asked: z.string(),
          canary: z.string(),
          base: SummarySchema,
          canarySummary: SummarySchema,
          difference: z
            .object({ successRate: z.number(), low: z.number(), high: z.number() })
            .optional()
            .describe('Of the rates of success, canary less base, with its 95 % interval.'),
        }),
      )
      .describe('The sides of trials by a canary.'),
    shadows: z.array(
      z.object({
        ...{ version: z.string(), shadow: z.string() },
        ...{ compared: z.int(), differing: z.int(), failed: z.int() },
        examples: z.array(
          z.object({
            id: z.string(),
            features: JsonObjectSchema,
            chosen: JsonSchema.optional(),
            shadow: z.looseObject({}).optional(),
          }),
        ),
      }),
    ),
    regret: RegretSchema.optional(),
    drift: z
      .array(
        z.object({
          input: z.string(),
          psi: z.number().describe('Population stability index.'),
          verdict: z.enum(['stable', 'moved', 'drifted']),
          before: z.int(),
          after: z.int(),
        }),
      )
      .describe('Of inputs, against the period of the same length before.'),
  })
  .meta({ id: 'DecisionAnalytics' });

/** What came of the choices of devices for the steps of a workflow, as a document. */
export const RouteAnalyticsSchema = z
  .object({
    workflow: z.string(),
    ...PERIOD,
    routes: z.array(
      z.object({
        route: z.string(),
        ...SUMMARY,
        fallbacks: z.int().describe('Choices of an alternative of `fallback`.'),
        probes: z.int().describe('Choices of a device that was to show that it can do it again.'),
        regret: RegretSchema.optional(),
      }),
    ),
    strategies: z.array(z.object({ strategy: z.string(), ...SUMMARY })),
    devices: z.array(z.object({ device: z.string(), ...SUMMARY })),
    moreDevices: z.int(),
  })
  .meta({ id: 'RouteAnalytics' });

/** Analytics with their times as instants. */
export function toAnalyticsDocument<Analytics extends DecisionAnalytics | RouteAnalytics>(
  analytics: Analytics,
): Omit<Analytics, 'from' | 'to'> & { readonly from: string; readonly to: string } {
  return { ...analytics, from: instant(analytics.from), to: instant(analytics.to) };
}
