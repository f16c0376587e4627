import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import {
  DurationSchema,
  failureFields,
  NameSchema,
  stepFields,
  type UnreadList,
  VariableNameSchema,
  workFields,
} from '../fields.ts';
import type { DecideStep } from '../model.ts';
import { durationMs } from '../read-retry.ts';
import { type Reading, readBase, readFallible, readWork } from '../reading.ts';

/** How long a decision may take where nothing says, in ms. */
const DEFAULT_TIMEOUT_MS = 5_000;

/** A `decide` step. */
export function decideSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      decide: z
        .strictObject({
          decision: NameSchema.describe('Name of the decision.').meta({ examples: ['wave-policy'] }),
          version: z
            .string()
            .optional()
            .describe(
              'Range of versions. The highest that there is when this workflow is published is the one that decides. Default: any.',
            )
            .meta({ examples: ['^1.2'] }),
          input: z
            .record(VariableNameSchema, JsonSchema)
            .optional()
            .describe('Its inputs by name. Default {}.')
            .meta({ examples: [{ devices: '{% $count($targets) %}', zone: '{% $input.zone %}' }] }),
          inline: z
            .boolean()
            .optional()
            .describe(
              'Whether a small table becomes a Choice state of the machine, where that is cheaper. Default true.',
            ),
        })
        .describe('Which decision, and by what.'),
      timeout: DurationSchema.optional().describe(
        'How long it may take, at most 1m; then the step fails: Decision.Timeout. Default 5s.',
      ),
    })
    .describe('Decides by a table, a tree or an expression of `decisions/`; gives what is decided.');
}

/** A `decide` step. */
export function readDecideStep(
  step: z.infer<ReturnType<typeof decideSchema<UnreadList>>>,
  reading: Reading,
): DecideStep {
  const { decision, version, input = {}, inline = true } = step.decide;
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    kind: 'decide',
    decision,
    version,
    input,
    inline,
    timeoutMs: Math.min(durationMs(step.timeout) ?? DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS),
  };
}

/** A decision that takes longer is none: it holds up what waits for it. */
const MAX_TIMEOUT_MS = 60_000;
