import * as z from 'zod';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { LanguageSchema } from '../document-fields.ts';
import { ConditionSchema, DurationSchema, NameSchema, VariableNameSchema, VersionSchema } from '../fields.ts';
import { OutputsSchema, TableSchema } from './table.ts';
import { BranchesSchema } from './tree.ts';

const TypesSchema = z
  .record(VariableNameSchema, JsonObjectSchema)
  .meta({ examples: [{ devices: { type: 'integer', minimum: 0 }, zone: { type: 'string' } }] });

const ReferenceSchema = z.union([
  z.strictObject({
    values: JsonSchema.describe('The values themselves.').meta({ examples: [{ berlin: 0.31, paris: 0.22 }] }),
  }),
  z.strictObject({
    file: z
      .string()
      .regex(/^(?!\/)(?!.*\.\.)[^\\]+\.(?:json|ya?ml|csv)$/, 'is no JSON, YAML or CSV file of this folder')
      .describe('A JSON, YAML or CSV file beside this one.')
      .meta({ examples: ['tariffs.csv'] }),
  }),
]);

const UsedDecisionSchema = z.strictObject({
  decision: NameSchema.describe('Name of the decision.').meta({ examples: ['site-risk'] }),
  version: z
    .string()
    .optional()
    .describe('Range of versions. Default: any.')
    .meta({ examples: ['^1.2'] }),
  input: z
    .record(VariableNameSchema, JsonSchema)
    .optional()
    .describe('Its inputs. Default: the inputs of this decision that have the same names.')
    .meta({ examples: [{ site: '{% $input.site %}' }] }),
});

const TestSchema = z.strictObject({
  name: z
    .string()
    .optional()
    .describe('What it shows, for people.')
    .meta({ examples: ['a large site goes slowly'] }),
  given: z
    .record(VariableNameSchema, JsonSchema)
    .describe('Values by input.')
    .meta({ examples: [{ devices: 300, zone: 'berlin' }] }),
  expect: JsonSchema.describe(
    'What is decided: values by output, or a list of them where several rules count.',
  ).meta({ examples: [{ percent: 5, ask: true }] }),
});

const CacheSchema = z
  .strictObject({
    ttl: DurationSchema.describe('How long an answer counts, in a process and in the table.').meta({
      examples: ['10m', '1d'],
    }),
    shared: z
      .boolean()
      .optional()
      .describe(
        'Whether processes share answers by the table: only worth it where to decide takes longer than to read an item. Default false.',
      ),
  })
  .describe(
    'How long answers are kept, and whether they are shared. Only what takes JSONata is kept at all.',
  );

/** The ways to decide, of which a decision has one. */
export const DECISION_FORMS = ['table', 'tree', 'expression'] as const;

/** A decision, as its author writes it: a file in `decisions/`. */
export const DecisionFileSchema = z
  .strictObject({
    stepwright: LanguageSchema,
    decision: NameSchema.describe('Name of the decision.').meta({ examples: ['wave-policy'] }),
    version: VersionSchema.describe('Semantic version. A published version never changes.'),
    description: z
      .string()
      .optional()
      .describe('What it decides, for people.')
      .meta({ examples: ['How fast a rollout goes.'] }),
    inputs: TypesSchema.describe(
      'By name the JSON Schema of each input: $input.<name> in expressions. `personal: true` in it: left out where data is exported without what is personal.',
    ),
    outputs: TypesSchema.describe(
      'By name the JSON Schema of each output; `personal: true` in it as of an input.',
    ).meta({
      examples: [{ percent: { type: 'number' }, ask: { type: 'boolean' } }],
    }),
    data: z
      .record(VariableNameSchema, ReferenceSchema)
      .optional()
      .describe('Reference data by name: $data.<name> in expressions.')
      .meta({ examples: [{ tariffs: { file: 'tariffs.csv' } }] }),
    decisions: z
      .record(VariableNameSchema, UsedDecisionSchema)
      .optional()
      .describe('Decisions that this one goes by: $<name> in expressions is what each decides.')
      .meta({ examples: [{ risk: { decision: 'site-risk' } }] }),
    log: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'The share of executions whose decisions are logged, for analytics and export. Default 1: all that a function decides. Where it is written, steps do not decide by a Choice state, which logs nothing; 0 logs nothing either.',
      )
      .meta({ examples: [0.1] }),
    cache: CacheSchema.optional(),
    table: TableSchema.optional(),
    tree: BranchesSchema.optional(),
    expression: z
      .union([ConditionSchema, OutputsSchema])
      .optional()
      .describe('Decides by an expression that gives an object of outputs, or by one for each output.'),
    tests: z
      .array(TestSchema)
      .optional()
      .describe('Cases with what is decided in them.')
      .meta({ examples: [[{ given: { devices: 300, zone: 'berlin' }, expect: { percent: 5, ask: true } }]] }),
  })
  .refine((file) => DECISION_FORMS.filter((form) => file[form] !== undefined).length === 1, {
    message: 'decides by one of table, tree and expression',
  })
  .describe('A decision by a table, a tree or an expression.')
  .meta({ oneOf: DECISION_FORMS.map((form) => ({ required: [form] })) });

/** A decision, as written. */
export type DecisionFile = z.infer<typeof DecisionFileSchema>;
