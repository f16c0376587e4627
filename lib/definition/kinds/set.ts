import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { stepFields, VariableNameSchema } from '../fields.ts';
import type { SetStep } from '../model.ts';
import { type Reading, readBase } from '../reading.ts';

/** A `set` step. */
export function setSchema() {
  return z
    .strictObject({
      ...stepFields,
      set: z
        .record(VariableNameSchema, JsonSchema)
        .refine((values) => Object.keys(values).length > 0, 'sets at least one variable')
        .describe('Names to values: $vars.<name> afterwards.')
        .meta({ examples: [{ total: '{% $read.litres * 2 %}' }] }),
    })
    .describe('Sets variables; gives the object.');
}

/** A `set` step. */
export function readSetStep(step: z.infer<ReturnType<typeof setSchema>>, reading: Reading): SetStep {
  return { ...readBase(step, reading), kind: 'set', values: step.set };
}
