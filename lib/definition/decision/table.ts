import * as z from 'zod';
import { type Json, JsonSchema } from '#core/json.ts';
import { VariableNameSchema } from '../fields.ts';

/** Which rules of a table count when several hold, as in DMN. */
export const HIT_POLICIES = [
  ...(['unique', 'first', 'priority', 'any', 'collect', 'rule-order', 'output-order'] as const),
] as const;

/** How a table makes one value of all that it collects. */
export const AGGREGATES = ['sum', 'min', 'max', 'count'] as const;

const ScalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** What a rule asks of one input: a test as a text (see {@link parseCell}), a value, or a list of values. */
export const CellSchema = z
  .union([ScalarSchema, z.array(ScalarSchema).min(1)])
  .describe(
    'A test: > 20, [1..5), "a", not("a"), several with commas, - for any. Or a value, a list of values, an expression over $value.',
  )
  .meta({
    id: 'cell',
    examples: ['> 20', '[1..5)', '"pump","valve"', ['pump', 'valve'], true, '-', '{% $value % 2 = 0 %}'],
  });

/** What a rule or a branch decides: values by output, with expressions anywhere. */
export const OutputsSchema: z.ZodType<Readonly<Record<string, Json>>> = z
  .record(VariableNameSchema, JsonSchema)
  .describe('By output its value, or an expression in {% … %} over $input and $data.')
  .meta({ examples: [{ percent: 10, ask: true }, { percent: '{% $input.devices > 100 ? 5 : 20 %}' }] });

const RuleSchema = z.strictObject({
  when: z
    .record(VariableNameSchema, CellSchema)
    .describe('By input what it has to be. All have to hold; an input that is left out may be anything.')
    .meta({ examples: [{ devices: '> 20', zone: ['berlin', 'paris'] }] }),
  give: OutputsSchema,
  note: z
    .string()
    .optional()
    .describe('Why, for people.')
    .meta({ examples: ['Large sites go slowly.'] }),
});

/** A decision by a table of rules. */
export const TableSchema = z
  .strictObject({
    hit: z
      .enum(HIT_POLICIES)
      .optional()
      .describe(
        'Which rules count: the only one that holds (unique), the first, the one whose output stands first in its `enum` (priority), any of several that agree, or all: collected, or listed in the order of rules or of outputs. Default unique.',
      ),
    aggregate: z
      .enum(AGGREGATES)
      .optional()
      .describe('With collect: one value of all. Default: the list of them.'),
    rules: z.array(RuleSchema).min(1, 'there is at least one rule').describe('Rules, one a row.'),
    otherwise: OutputsSchema.optional().describe('What is decided when no rule holds. Default: nothing.'),
  })
  .refine(({ hit, aggregate }) => aggregate === undefined || hit === 'collect', {
    message: 'goes with `hit: collect` only',
    path: ['aggregate'],
  })
  .describe('Decides by a table of rules.');

/** A decision by a table of rules, as written. */
export type DecisionTable = z.infer<typeof TableSchema>;
