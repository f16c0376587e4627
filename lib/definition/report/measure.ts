import * as z from 'zod';
import { FieldNameSchema, WhereSchema } from '../document-fields.ts';

const NumberFieldSchema = FieldNameSchema.meta({ examples: ['durationMs'] });

/** What is reckoned over records. */
export const MeasureSchema = z
  .union([
    z.literal('count'),
    z.strictObject({ distinct: FieldNameSchema.describe('How many different values the field has.') }),
    z.strictObject({ sum: NumberFieldSchema.describe('The sum of the field.') }),
    z.strictObject({ mean: NumberFieldSchema.describe('The mean of the field.') }),
    z.strictObject({ min: NumberFieldSchema.describe('The lowest value of the field.') }),
    z.strictObject({ max: NumberFieldSchema.describe('The highest value of the field.') }),
    z.strictObject({
      quantile: NumberFieldSchema.describe('A value of the field that a share of the records is below.'),
      at: z
        .number()
        .gt(0)
        .lt(1)
        .describe('The share.')
        .meta({ examples: [0.95] }),
    }),
    z.strictObject({
      share: WhereSchema.describe('The share of records for which this holds, without delimiters.').meta({
        examples: ["status = 'FAILED'"],
      }),
    }),
  ])
  .describe('What is reckoned: how many records there are, or something of a field.');

/** What is reckoned over records. */
export type Measure = z.infer<typeof MeasureSchema>;
