import * as z from 'zod';
import type { WhileStep } from '../block-steps.ts';
import {
  blockFields,
  ConditionSchema,
  failureFields,
  stepFields,
  type UnreadList,
  workFields,
} from '../fields.ts';
import { durationMs } from '../read-retry.ts';
import { expressionText, type Reading, readBase, readFallible, readWork } from '../reading.ts';

/** A `while` step. */
export function whileSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      ...blockFields,
      while: ConditionSchema.describe(
        'The steps run as long as this is true; $<id> of this step is what its last iteration gave, null before the first.',
      ),
      maxIterations: z
        .int()
        .min(1)
        .max(1_000)
        .optional()
        .describe('How often at most; when it would run once more, the step fails: Step.TooManyIterations.')
        .meta({ examples: [10] }),
      steps: list.describe('What is done again and again.'),
    })
    .describe('Runs its steps again and again while a condition holds; gives what its last iteration gave.');
}

/** A `while` step. */
export function readWhileStep(
  step: z.infer<ReturnType<typeof whileSchema<UnreadList>>>,
  reading: Reading,
): WhileStep {
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    timeoutMs: durationMs(step.timeout),
    kind: 'while',
    condition: expressionText(step.while),
    maxIterations: step.maxIterations,
    steps: reading.readList(step.steps, [...reading.path, 'steps']),
  };
}
