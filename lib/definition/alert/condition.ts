import * as z from 'zod';
import { DurationSchema } from '../fields.ts';

const MetricSchema = z
  .string()
  .regex(/^[a-z][A-Za-z]*(?:\.[a-z][A-Za-z]*)+$/, 'is no name; write it like execution.duration')
  .meta({ examples: ['execution.duration', 'device.flaps', 'lease.waiting'] });

const EventSchema = z
  .string()
  .regex(/^[a-z][A-Za-z]*(?:\.[a-z][A-Za-z-]*)+$/, 'is no name; write it like execution.failed')
  .meta({ examples: ['execution.failed', 'step.ended', 'device.heartbeat'] });

const OverSchema = DurationSchema.describe('The time that is looked back on, again and again.');

const BoundSchema = z.number().meta({ examples: [300] });

const ThresholdSchema = z
  .strictObject({
    metric: MetricSchema.describe('Name of a metric.'),
    quantile: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe('Which of its values counts, 0.95 for all but the highest twentieth. Default: their mean.')
      .meta({ examples: [0.95] }),
    above: BoundSchema.optional().describe('It alerts when the value is higher.'),
    below: BoundSchema.optional().describe('It alerts when the value is lower.'),
    over: OverSchema.optional(),
  })
  .refine(({ above, below }) => above !== undefined || below !== undefined, 'has a bound: above or below')
  .describe('A metric is higher or lower than it should be.')
  .meta({ anyOf: [{ required: ['above'] }, { required: ['below'] }] });

const RateSchema = z
  .strictObject({
    of: EventSchema.describe('Events that are counted.'),
    outOf: EventSchema.optional().describe(
      'Events that they are a share of. Default: how many there are counts.',
    ),
    above: BoundSchema.describe('It alerts when there are more; a share is between 0 and 1.').meta({
      examples: [0.05, 10],
    }),
    over: OverSchema,
    atLeast: z
      .int()
      .min(1)
      .optional()
      .describe('Below this number of events, a share says nothing. Default 1.')
      .meta({ examples: [20] }),
  })
  .describe('Events come too often, or are too great a share of others.');

const AbsenceSchema = z
  .strictObject({
    of: EventSchema.describe('The event that should come.'),
    for: DurationSchema.describe('How long it may not have come.'),
  })
  .describe('An event has not come for some time.');

const AnomalySchema = z
  .strictObject({
    metric: MetricSchema.describe('Name of a metric.'),
    deviations: z
      .number()
      .gt(0)
      .optional()
      .describe('How many robust standard deviations from what is usual. Default 4.')
      .meta({ examples: [3] }),
    direction: z
      .enum(['above', 'below', 'both'])
      .optional()
      .describe('On which side of what is usual. Default both.'),
    season: z
      .enum(['none', 'day', 'week'])
      .optional()
      .describe('What comes again: the hours of a day, or of a week. Default week.'),
    over: OverSchema,
  })
  .describe('A metric is far from what it usually is at this time.');

const BurnRateSchema = z
  .strictObject({
    objective: z
      .number()
      .gt(0)
      .lt(1)
      .describe('Share of good events that is promised.')
      .meta({ examples: [0.99] }),
    good: EventSchema.describe('Events that are good.').meta({ examples: ['execution.succeeded'] }),
    outOf: EventSchema.describe('All events.').meta({ examples: ['execution.ended'] }),
    windows: z
      .array(
        z.strictObject({
          long: DurationSchema.describe('Over this time, and'),
          short: DurationSchema.describe('over this time, so that it ends soon after the trouble does,'),
          rate: z
            .number()
            .gt(0)
            .describe('errors come so many times as fast as would just keep the promise.')
            .meta({ examples: [14.4] }),
        }),
      )
      .min(1, 'there is at least one window')
      .describe('It alerts when one of these holds.')
      .meta({ examples: [[{ long: '1h', short: '5m', rate: 14.4 }]] }),
  })
  .describe('Errors use up what an objective allows too fast.');

/** What has to be so for an alert: one of five forms. */
export const AlertConditionSchema = z
  .union([
    z.strictObject({ threshold: ThresholdSchema }),
    z.strictObject({ rate: RateSchema }),
    z.strictObject({ absence: AbsenceSchema }),
    z.strictObject({ anomaly: AnomalySchema }),
    z.strictObject({ burnRate: BurnRateSchema }),
  ])
  .describe('What has to be so for it.')
  .meta({
    examples: [{ rate: { of: 'execution.failed', outOf: 'execution.ended', above: 0.05, over: '1h' } }],
  });
