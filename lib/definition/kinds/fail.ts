import * as z from 'zod';
import { stepFields, TextSchema } from '../fields.ts';
import type { FailStep } from '../model.ts';
import { type Reading, readBase } from '../reading.ts';

/** A `fail` step. */
export function failSchema() {
  return z
    .strictObject({
      ...stepFields,
      fail: z
        .strictObject({
          error: TextSchema.min(1, 'is empty').describe('Name of the error, such as Plant.Unsafe.'),
          cause: TextSchema.optional().describe('What happened, for people.'),
        })
        .describe('The error.'),
    })
    .describe('Ends the workflow with an error.');
}

/** A `fail` step. */
export function readFailStep(step: z.infer<ReturnType<typeof failSchema>>, reading: Reading): FailStep {
  return { ...readBase(step, reading), kind: 'fail', error: step.fail.error, cause: step.fail.cause };
}
