import { z } from 'zod';
import { JsonObjectSchema, stepFields } from '../fields.ts';
import type { SetStep } from '../model.ts';
import { type Reading, readBase } from '../reading.ts';

/** A `set` step. */
export function setSchema() {
  return z
    .strictObject({
      ...stepFields,
      set: JsonObjectSchema.describe('Names to values: $vars.<name> afterwards.'),
    })
    .describe('Sets variables; gives the object.');
}

/** A `set` step. */
export function readSetStep(step: z.infer<ReturnType<typeof setSchema>>, reading: Reading): SetStep {
  return { ...readBase(step, reading), kind: 'set', values: step.set };
}
