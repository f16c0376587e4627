import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { stepFields } from '../fields.ts';
import type { SucceedStep } from '../model.ts';
import { type Reading, readBase } from '../reading.ts';

/** A `succeed` step. */
export function succeedSchema() {
  return z
    .strictObject({
      ...stepFields,
      succeed: z
        .union([
          z.literal(true),
          z.strictObject({
            output: JsonSchema.describe('What the execution, branch or iteration gives.').meta({
              examples: [{ updated: 0 }],
            }),
          }),
        ])
        .describe('True, or an object with the output.'),
    })
    .describe('Ends the workflow well.');
}

/** A `succeed` step. */
export function readSucceedStep(
  step: z.infer<ReturnType<typeof succeedSchema>>,
  reading: Reading,
): SucceedStep {
  const output = step.succeed === true ? undefined : step.succeed.output;
  return { ...readBase(step, reading), kind: 'succeed', output };
}
