/** Fields that several kinds of step share, each with its schema. */
import * as z from 'zod';
import { DURATION_PATTERN } from '#core/duration.ts';
import { JsonSchema } from '#core/json.ts';

/** A duration as authors write it; {@link parseDuration} gives its value in ms. */
export const DurationSchema = z
  .string()
  .regex(DURATION_PATTERN, 'is no duration; write it like 500ms, 60s, 5m, 1h30m or 2d')
  .describe('A duration: 500ms, 60s, 5m, 1h30m, 2d.')
  .meta({ examples: ['60s', '5m', '1h30m'] });

/** Text, or an expression that gives one. */
export const TextSchema = z
  .string()
  .describe('Text, or an expression in {% … %}.')
  .meta({ examples: ['{% $input.site %}'] });

/** An expression in its delimiters. */
export const ConditionSchema = z
  .string()
  .regex(/^\s*\{%[\s\S]*%\}\s*$/, 'is no expression; write it in {% … %}')
  .describe('An expression in {% … %}.')
  .meta({ examples: ['{% $input.site = "berlin" %}'] });

/** A moment as Step Functions takes it, or an expression that gives one. */
export const MomentSchema = z
  .string()
  .regex(
    /^\s*(?:\{%[\s\S]*%\}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))\s*$/,
    'is no time; write it like 2027-01-31T04:00:00Z, or as an expression',
  )
  .describe('An ISO 8601 time, or an expression that gives one.')
  .meta({ examples: ['2027-01-31T04:00:00Z', '{% $input.start %}'] });

/** An object of values that may hold expressions anywhere. */
export const JsonObjectSchema = z.record(z.string(), JsonSchema);

/** Ids become variables of expressions, so they look like one. */
export const ID_PATTERN = /^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$/;

/** Id of a step. */
export const IdSchema = z
  .string()
  .regex(ID_PATTERN, 'is no id; use letters, digits and single underscores, beginning with a letter')
  .max(60)
  .describe('Id of the step, unique in the workflow. Its output is $<id> in expressions.')
  .meta({ examples: ['flash', 'read_meter'] });

/** Names of variables: what expressions read without quotes. */
export const VariableNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'is no name of a variable; use letters, digits and underscores')
  .max(80);

/** Names of workflows, topics and pools. */
export const NameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'is no name; use lower-case letters, digits and single dashes')
  .max(50)
  .meta({ examples: ['firmware-rollout'] });

/** Version of a file; that it is a semantic version is for a rule to tell. */
export const VersionSchema = z
  .string()
  .describe('Semantic version.')
  .meta({ examples: ['1.0.0'] });

/** A device may know commands of any name; expressions are none. */
export const CommandNameSchema = z
  .string()
  .regex(/^[^\s{}%]+$/, 'is no name of a command; write it like firmware.install')
  .meta({ examples: ['firmware.install'] });

/** How a failed step is tried again. */
export const RetrySchema = z
  .strictObject({
    attempts: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('Tries in all, the first included. Default 3.')
      .meta({ examples: [5] }),
    delay: DurationSchema.optional().describe('Before the second try. Default 1s.'),
    backoff: z
      .number()
      .min(1)
      .max(10)
      .optional()
      .describe('Factor by which the delay grows. Default 2.')
      .meta({ examples: [1.5] }),
    maxDelay: DurationSchema.optional().describe('The delay grows no longer than this.'),
    jitter: z.enum(['full', 'none']).optional().describe('Whether delays are drawn at random. Default none.'),
    on: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Names of errors that are tried again. Default: every error.')
      .meta({ examples: [['Device.Timeout', 'Device.Busy']] }),
  })
  .describe('How a failed step is tried again.')
  .meta({ examples: [{ attempts: 3, delay: '2s', maxDelay: '30s', on: ['Device.Timeout'] }] });

/** Units of named pools. */
export const PoolUnitsSchema = z
  .record(NameSchema, z.union([z.int().min(1), ConditionSchema]))
  .refine((pools) => Object.keys(pools).length > 0, 'names at least one pool')
  .describe('Units of named pools, from stepwright.yaml.')
  .meta({ examples: [{ uplink: 1 }] });

/** What every step may have. */
export const stepFields = {
  id: IdSchema,
  name: z
    .string()
    .max(80)
    .optional()
    .describe('Title for people.')
    .meta({ examples: ['Update each device'] }),
  if: ConditionSchema.optional().describe('When this is false, the step is skipped.'),
  needs: z
    .array(z.string())
    .optional()
    .describe(
      'Steps of the same list that end before: "a" (succeeded), "a.failed", "a.skipped", "a.done" (any end).',
    )
    .meta({ examples: [['flash', 'check.failed']] }),
};

/** What a step may have that does work and has a result. */
export const workFields = {
  uses: PoolUnitsSchema.optional().describe(
    'Units of named pools that the step holds while it runs; it waits for them in line.',
  ),
  output: JsonSchema.optional()
    .describe('What the step gives, over $result, which is what it would give otherwise.')
    .meta({ examples: ['{% $result.litres %}', { litres: '{% $result.litres %}' }] }),
};

/** What a step may have that holds other steps and may take long. */
export const blockFields = {
  timeout: DurationSchema.optional().describe(
    'How long it may take; then what is under way is cut off, and the step fails: Step.Timeout.',
  ),
};

/** What a step may have whose equal runs may share a result. */
export const cacheFields = {
  cache: z
    .strictObject({
      key: TextSchema.min(1, 'is empty').describe('Runs of this step with the same key share one result.'),
      ttl: DurationSchema.describe('How long a result is good for.'),
    })
    .optional()
    .describe('Gives the result of an earlier run, of any execution, instead of doing the work again.'),
};

/**
 * What a step may have that can fail, over a schema of a list of steps: the reader checks one level at a time, with lists
 * of anything, so that each error names its own step; the published JSON Schema is recursive.
 */
export function failureFields<List extends z.ZodType>(list: List) {
  return {
    retry: RetrySchema.optional(),
    catch: z
      .union([
        z.literal('continue'),
        z.array(
          z.strictObject({
            on: z
              .array(z.string())
              .min(1)
              .optional()
              .describe('Names of errors. Default: every error.')
              .meta({ examples: [['Device.Timeout']] }),
            steps: list.optional().describe('What is done about it; $error has the error and its cause.'),
          }),
        ),
      ])
      .optional()
      .describe('What happens when the step has failed: continue, or steps by the name of the error.'),
  };
}

/** A list of steps of which only that it is one has been checked. */
export const UnreadListSchema = z.array(JsonSchema).min(1, 'a list of steps has at least one');

/** A list of steps of which only that it is one has been checked. */
export type UnreadList = typeof UnreadListSchema;
