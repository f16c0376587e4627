/**
 * A workflow as its author writes it (DESIGN: the definition language). This is the one source of the file's shape: the
 * published JSON Schema, the validator and the types come from it. `normalise.ts` turns it into the model that everything
 * after takes.
 */
import { z } from 'zod';
import { DURATION_PATTERN } from '#core/duration.ts';

/** A duration as authors write it; {@link parseDuration} gives its value in ms. */
export const DurationSchema = z
  .string()
  .regex(DURATION_PATTERN, 'is no duration; write it like 500ms, 60s, 5m, 1h30m or 2d')
  .describe('A duration: 500ms, 60s, 5m, 1h30m, 2d.');

const TextSchema = z.string().describe('Text, or an expression in {% … %}.');

const ConditionSchema = z
  .string()
  .regex(/^\s*\{%[\s\S]*%\}\s*$/, 'is no expression; write it in {% … %}')
  .describe('An expression in {% … %}.');

const JsonObjectSchema = z.record(z.string(), z.json());

/** Ids become variables of expressions, so they look like one. */
export const ID_PATTERN = /^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$/;

const IdSchema = z
  .string()
  .regex(ID_PATTERN, 'is no id; use letters, digits and single underscores, beginning with a letter')
  .max(60)
  .describe('Id of the step, unique in the workflow. Its output is $<id> in expressions.');

/** A device may know commands of any name; expressions are none. */
const CommandNameSchema = z
  .string()
  .regex(/^[^\s{}%]+$/, 'is no name of a command; write it like firmware.install');

/** How a failed step is tried again. */
export const RetrySchema = z
  .strictObject({
    attempts: z.int().min(1).max(100).optional().describe('Tries in all, the first included. Default 3.'),
    delay: DurationSchema.optional().describe('Before the second try. Default 1s.'),
    backoff: z.number().min(1).max(10).optional().describe('Factor by which the delay grows. Default 2.'),
    maxDelay: DurationSchema.optional().describe('The delay grows no longer than this.'),
    jitter: z.enum(['full', 'none']).optional().describe('Whether delays are drawn at random. Default none.'),
    on: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Names of errors that are tried again. Default: every error.'),
  })
  .describe('How a failed step is tried again.');

/** A command that undoes a completed one. */
const CompensateSchema = z
  .strictObject({
    command: CommandNameSchema.describe('The command that undoes this one.'),
    device: TextSchema.optional().describe('Where, when not on the same device.'),
    with: JsonObjectSchema.optional().describe('Arguments; $target is the device as it was before.'),
    timeout: DurationSchema.optional(),
  })
  .describe('How the step is undone when the execution unwinds.');

/** What every step may have. */
const commonFields = {
  id: IdSchema,
  name: z.string().max(80).optional().describe('Title for people.'),
  if: ConditionSchema.optional().describe('When this is false, the step is skipped.'),
  needs: z
    .array(z.string())
    .optional()
    .describe(
      'Steps of the same list that end before: "a" (succeeded), "a.failed", "a.skipped", "a.done" (any end).',
    ),
};

/**
 * The schema of each kind of step, by the field that makes it one, over a schema of a list of steps: the reader checks
 * one level at a time, with lists of anything, so that each error names its own step; the published JSON Schema is
 * recursive.
 */
export function stepSchemas<List extends z.ZodType>(list: List) {
  const failureFields = {
    retry: RetrySchema.optional(),
    catch: z
      .union([
        z.literal('continue'),
        z.array(
          z.strictObject({
            on: z.array(z.string()).min(1).optional().describe('Names of errors. Default: every error.'),
            steps: list.optional().describe('What is done about it; $error has the error and its cause.'),
          }),
        ),
      ])
      .optional()
      .describe('What happens when the step has failed: continue, or steps by the name of the error.'),
  };
  return {
    command: z
      .strictObject({
        ...commonFields,
        ...failureFields,
        command: CommandNameSchema.describe('Name of the command, from the catalogue commands/.'),
        device: TextSchema.min(1, 'is empty').describe('Id of the device.'),
        with: JsonObjectSchema.optional().describe(
          'Arguments. $target is the device as registered just before.',
        ),
        timeout: DurationSchema.optional().describe('How long an answer is waited for. Default 60s.'),
        expires: DurationSchema.optional().describe(
          'How long an offline device may take. Default: fail at once.',
        ),
        priority: z.int().min(0).max(999).optional().describe('Higher first in the mailbox. Default 500.'),
        expect: ConditionSchema.optional().describe(
          'Over $result; when not true, the step fails: Step.Unexpected.',
        ),
        compensate: CompensateSchema.optional(),
      })
      .describe('Sends a command to a device and waits for its answer.'),
    devices: z
      .strictObject({
        ...commonFields,
        ...failureFields,
        devices: z.strictObject({
          where: z.string().optional().describe("Expression over one device's fields, without delimiters."),
          requires: z
            .record(z.string(), z.string())
            .optional()
            .describe('Capability to the version range it takes.'),
        }),
      })
      .describe('Selects devices; gives an array of them.'),
    choose: z
      .strictObject({
        ...commonFields,
        choose: z
          .array(
            z.union([
              z.strictObject({ if: ConditionSchema, steps: list }),
              z.strictObject({ else: z.literal(true), steps: list }),
            ]),
          )
          .min(1),
      })
      .describe('Runs the steps of the first branch whose condition is true.'),
    parallel: z
      .strictObject({
        ...commonFields,
        ...failureFields,
        parallel: z
          .record(z.string().regex(ID_PATTERN, 'is no name of a branch'), list)
          .refine((branches) => Object.keys(branches).length > 0, 'there is at least one branch'),
      })
      .describe('Runs named branches side by side; gives an object by branch name.'),
    forEach: z
      .strictObject({
        ...commonFields,
        ...failureFields,
        forEach: ConditionSchema.describe('An expression in {% … %} that gives an array.'),
        as: IdSchema.optional().describe('Name of the item in expressions. Default item.'),
        maxConcurrency: z.int().min(1).max(1_000).optional().describe('Iterations at once. Default: all.'),
        tolerate: z
          .union([
            z.strictObject({ count: z.int().min(0) }),
            z.strictObject({ percent: z.number().min(0).max(100) }),
          ])
          .optional()
          .describe('How many iterations may fail; each that does is undone alone.'),
        onExceeded: z
          .literal('rollback')
          .optional()
          .describe('What happens when more fail. Default rollback.'),
        steps: list,
      })
      .describe('Runs its steps for each item; gives an array in the order of the items.'),
    wait: z
      .strictObject({
        ...commonFields,
        wait: z.union([
          z.strictObject({
            for: z.union([DurationSchema, ConditionSchema]).describe('A duration, or seconds.'),
          }),
          z.strictObject({
            until: TextSchema.describe('An ISO 8601 time, or an expression that gives one.'),
          }),
        ]),
      })
      .describe('Waits.'),
    set: z
      .strictObject({
        ...commonFields,
        set: JsonObjectSchema.describe('Names to values: $vars.<name> afterwards.'),
      })
      .describe('Sets variables; gives the object.'),
    succeed: z
      .strictObject({
        ...commonFields,
        succeed: z.union([z.literal(true), z.strictObject({ output: z.json() })]),
      })
      .describe('Ends the workflow well.'),
    fail: z
      .strictObject({
        ...commonFields,
        fail: z.strictObject({ error: TextSchema.min(1, 'is empty'), cause: TextSchema.optional() }),
      })
      .describe('Ends the workflow with an error.'),
  } as const;
}

/** The kinds of step, named by the field that makes a step one. */
export type StepKind = keyof ReturnType<typeof stepSchemas>;

/** The file, over a schema of a list of steps (see {@link stepSchemas}). */
export function workflowSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      stepwright: z.literal(1).describe('Version of the definition language.'),
      name: z
        .string()
        .regex(
          /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
          'is no name; use lower-case letters, digits and single dashes',
        )
        .max(50)
        .describe('Name of the workflow.'),
      version: z.string().describe('Semantic version. A published version never changes.'),
      description: z.string().optional(),
      input: JsonObjectSchema.optional().describe('JSON Schema 2020-12 of the input, enforced at start.'),
      timeout: DurationSchema.optional().describe('How long an execution may take.'),
      defaults: z
        .strictObject({ timeout: DurationSchema.optional(), retry: RetrySchema.optional() })
        .optional()
        .describe('For every command that does not say otherwise.'),
      steps: list,
      output: z
        .json()
        .optional()
        .describe('What an execution gives. Default: an object of the outputs by step id.'),
    })
    .describe('A Stepwright workflow.');
}

/** Kinds and fields of the language that later releases bring, so that they are refused by name. */
export const LATER_FIELDS: readonly string[] = [
  ...['decide', 'while', 'approve', 'workflow', 'http', 'notify', 'lock', 'asl'],
  ...['waves', 'betweenWaves', 'cache', 'uses', 'on', 'await', 'output', 'maxIterations', 'concurrency'],
];
