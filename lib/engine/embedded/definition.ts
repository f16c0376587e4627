import { z } from 'zod';
import type { Json } from '#core/json.ts';

/**
 * Amazon States Language in its JSONata mode, as the embedded engine runs it (states-language.net/spec.html). Fields that
 * take an expression keep it as written.
 */
const JsonSchema: z.ZodType<Json> = z.json();
const NumberOrExpression = z.union([z.number(), z.string()]);
const Assign = z.record(z.string(), JsonSchema).optional();

const RetrierSchema = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.number().min(1).default(1),
  MaxAttempts: z.int().min(0).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.number().positive().optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
});

const CatcherSchema = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  Next: z.string(),
  Output: JsonSchema.optional(),
  Assign,
});

const common = { Comment: z.string().optional(), QueryLanguage: z.literal('JSONata').optional() };
const output = { Output: JsonSchema.optional(), Assign };
const transition = { Next: z.string().optional(), End: z.boolean().optional() };
const fallible = { Retry: z.array(RetrierSchema).default([]), Catch: z.array(CatcherSchema).default([]) };

const BlockSchema = z.object({
  Comment: z.string().optional(),
  StartAt: z.string(),
  get States() {
    return z.record(z.string().min(1).max(80), StateSchema);
  },
});

const StateSchema = z.discriminatedUnion('Type', [
  z.strictObject({ Type: z.literal('Pass'), ...common, ...output, ...transition }),
  z.strictObject({ Type: z.literal('Succeed'), ...common, Output: JsonSchema.optional() }),
  z.strictObject({
    Type: z.literal('Fail'),
    ...common,
    Error: z.string().optional(),
    Cause: z.string().optional(),
  }),
  z.strictObject({
    Type: z.literal('Wait'),
    ...common,
    ...output,
    ...transition,
    Seconds: NumberOrExpression.optional(),
    Timestamp: z.string().optional(),
  }),
  z.strictObject({
    Type: z.literal('Choice'),
    ...common,
    ...output,
    Choices: z
      .array(
        z.strictObject({
          Condition: z.union([z.string(), z.boolean()]),
          Next: z.string(),
          ...output,
          Comment: z.string().optional(),
        }),
      )
      .min(1),
    Default: z.string().optional(),
  }),
  z.strictObject({
    Type: z.literal('Task'),
    ...common,
    ...output,
    ...transition,
    ...fallible,
    Resource: z.string(),
    Arguments: JsonSchema.optional(),
    TimeoutSeconds: NumberOrExpression.optional(),
    HeartbeatSeconds: NumberOrExpression.optional(),
    Credentials: JsonSchema.optional(),
  }),
  z.strictObject({
    Type: z.literal('Parallel'),
    ...common,
    ...output,
    ...transition,
    ...fallible,
    Arguments: JsonSchema.optional(),
    get Branches() {
      return z.array(BlockSchema).min(1);
    },
  }),
  z.strictObject({
    Type: z.literal('Map'),
    ...common,
    ...output,
    ...transition,
    ...fallible,
    Items: JsonSchema.optional(),
    ItemSelector: JsonSchema.optional(),
    MaxConcurrency: NumberOrExpression.optional(),
    Label: z.string().optional(),
    get ItemProcessor() {
      return BlockSchema.extend({
        ProcessorConfig: z.strictObject({ Mode: z.literal('INLINE') }).optional(),
      });
    },
  }),
]);

/** A whole machine. */
export const MachineDefinitionSchema = BlockSchema.extend({
  QueryLanguage: z.literal('JSONata', 'this release runs JSONata machines: QueryLanguage must be JSONata'),
  TimeoutSeconds: z.int().positive().optional(),
  Version: z.string().optional(),
});

/** A machine, a branch, or the processor of a Map: states and where they begin. */
export interface Block {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** Any state. */
export type State = z.infer<typeof StateSchema>;
/** A state of one type. */
export type StateOf<Type extends State['Type']> = Extract<State, { Type: Type }>;
/** One entry of `Retry`. */
export type Retrier = z.infer<typeof RetrierSchema>;
/** One entry of `Catch`. */
export type Catcher = z.infer<typeof CatcherSchema>;
/** A whole machine. */
export type MachineDefinition = z.infer<typeof MachineDefinitionSchema>;
