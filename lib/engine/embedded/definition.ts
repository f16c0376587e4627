import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { ChoiceRuleSchema } from './choice-rule.ts';

/**
 * Amazon States Language as the embedded engine runs it (states-language.net/spec.html), in both query languages. Fields that
 * take an expression or a path keep it as written; which of them go with which language, `language-fields.ts` knows.
 */
const NumberOrExpression = z.union([z.number(), z.string()]);
const Assign = z.record(z.string(), JsonSchema).optional();
const PathOrNull = z.string().nullable().optional();
const Path = z.string().optional();

/** How a state's data is selected and shaped. */
export type QueryLanguage = 'JSONata' | 'JSONPath';
const QueryLanguageSchema = z.enum(['JSONata', 'JSONPath'], {
  error: "The field 'QueryLanguage' should have one of these values: [JSONata, JSONPath]",
});

const RetrierSchema = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.number().min(1).default(1),
  MaxAttempts: z.int().min(0).max(99_999_999).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.number().positive().optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
});

const CatcherSchema = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: z.array(z.string()).min(1),
  Next: z.string(),
  Output: JsonSchema.optional(),
  ResultPath: PathOrNull,
  Assign,
});

const common = {
  Comment: z.string().optional(),
  QueryLanguage: QueryLanguageSchema.optional(),
  InputPath: PathOrNull,
  OutputPath: PathOrNull,
};
const output = { Output: JsonSchema.optional(), Assign };
const transition = { Next: z.string().optional(), End: z.boolean().optional() };
const fallible = { Retry: z.array(RetrierSchema).default([]), Catch: z.array(CatcherSchema).default([]) };
const result = { ResultSelector: JsonSchema.optional(), ResultPath: PathOrNull };
const call = { Arguments: JsonSchema.optional(), Parameters: JsonSchema.optional() };

const BlockSchema = z.object({
  Comment: z.string().optional(),
  StartAt: z.string(),
  get States() {
    return z.record(z.string().min(1).max(80), StateSchema);
  },
});

const ItemReaderSchema = z.strictObject({
  Resource: z.string(),
  ...call,
  ReaderConfig: z
    .strictObject({
      InputType: z.enum(['CSV', 'JSON', 'JSONL', 'MANIFEST', 'PARQUET']).optional(),
      Transformation: z.enum(['NONE', 'LOAD_AND_FLATTEN']).optional(),
      ManifestType: z.enum(['S3_INVENTORY', 'ATHENA_DATA']).optional(),
      CSVHeaderLocation: z.enum(['FIRST_ROW', 'GIVEN']).optional(),
      CSVHeaders: z.array(z.string()).optional(),
      CSVDelimiter: z.enum(['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB']).optional(),
      ItemsPointer: z.string().optional(),
      MaxItems: NumberOrExpression.optional(),
      MaxItemsPath: Path,
    })
    .optional(),
});

const ItemBatcherSchema = z.strictObject({
  MaxItemsPerBatch: NumberOrExpression.optional(),
  MaxItemsPerBatchPath: Path,
  MaxInputBytesPerBatch: NumberOrExpression.optional(),
  MaxInputBytesPerBatchPath: Path,
  BatchInput: JsonSchema.optional(),
});

const ResultWriterSchema = z.strictObject({
  Resource: z.string().optional(),
  ...call,
  WriterConfig: z
    .strictObject({
      Transformation: z.enum(['NONE', 'COMPACT', 'FLATTEN']).optional(),
      OutputType: z.enum(['JSON', 'JSONL']).optional(),
    })
    .optional(),
});

const ProcessorSchema = BlockSchema.extend({
  ProcessorConfig: z
    .strictObject({
      Mode: z.enum(['INLINE', 'DISTRIBUTED']).optional(),
      ExecutionType: z.enum(['STANDARD', 'EXPRESS']).optional(),
    })
    .optional(),
});

const StateSchema = z.discriminatedUnion(
  'Type',
  [
    z.strictObject({
      ...{ Type: z.literal('Pass'), ...common, ...output, ...transition },
      Result: JsonSchema.optional(),
      ResultPath: PathOrNull,
      Parameters: JsonSchema.optional(),
    }),
    z.strictObject({ Type: z.literal('Succeed'), ...common, Output: JsonSchema.optional() }),
    z.strictObject({
      ...{ Type: z.literal('Fail'), ...common },
      ...{ Error: z.string().optional(), ErrorPath: Path, Cause: z.string().optional(), CausePath: Path },
    }),
    z.strictObject({
      ...{ Type: z.literal('Wait'), ...common, ...output, ...transition },
      ...{ Seconds: NumberOrExpression.optional(), SecondsPath: Path },
      ...{ Timestamp: z.string().optional(), TimestampPath: Path },
    }),
    z.strictObject({
      ...{ Type: z.literal('Choice'), ...common, ...output },
      Choices: z.array(ChoiceRuleSchema).min(1),
      Default: z.string().optional(),
    }),
    z.strictObject({
      ...{ Type: z.literal('Task'), ...common, ...output, ...transition, ...fallible, ...result, ...call },
      Resource: z.string(),
      ...{ TimeoutSeconds: NumberOrExpression.optional(), TimeoutSecondsPath: Path },
      ...{ HeartbeatSeconds: NumberOrExpression.optional(), HeartbeatSecondsPath: Path },
      Credentials: JsonSchema.optional(),
    }),
    z.strictObject({
      ...{
        Type: z.literal('Parallel'),
        ...common,
        ...output,
        ...transition,
        ...fallible,
        ...result,
        ...call,
      },
      get Branches() {
        return z.array(BlockSchema).min(1);
      },
    }),
    z.strictObject({
      ...{ Type: z.literal('Map'), ...common, ...output, ...transition, ...fallible, ...result },
      ...{ Items: JsonSchema.optional(), ItemsPath: Path },
      ...{ ItemSelector: JsonSchema.optional(), Parameters: JsonSchema.optional() },
      ...{ MaxConcurrency: NumberOrExpression.optional(), MaxConcurrencyPath: Path },
      ...{ ToleratedFailureCount: NumberOrExpression.optional(), ToleratedFailureCountPath: Path },
      ...{ ToleratedFailurePercentage: NumberOrExpression.optional(), ToleratedFailurePercentagePath: Path },
      Label: z.string().max(40).optional(),
      ItemReader: ItemReaderSchema.optional(),
      ItemBatcher: ItemBatcherSchema.optional(),
      ResultWriter: ResultWriterSchema.optional(),
      get ItemProcessor() {
        return ProcessorSchema.optional();
      },
      /** What ItemProcessor was called before distributed Map came. */
      get Iterator() {
        return ProcessorSchema.optional();
      },
    }),
  ],
  {
    error:
      "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
  },
);

/** A whole machine. */
export const MachineDefinitionSchema = BlockSchema.extend({
  QueryLanguage: QueryLanguageSchema.default('JSONPath'),
  TimeoutSeconds: z.int().positive().max(99_999_999).optional(),
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
/** One rule of a Choice state. */
export type ChoiceRule = z.infer<typeof ChoiceRuleSchema>;
/** One entry of `Retry`. */
export type Retrier = z.infer<typeof RetrierSchema>;
/** One entry of `Catch`. */
export type Catcher = z.infer<typeof CatcherSchema>;
/** The states that a Map runs for each item, and how. */
export type Processor = z.infer<typeof ProcessorSchema>;
/** A whole machine. */
export type MachineDefinition = z.infer<typeof MachineDefinitionSchema>;

/** The processor of a Map, whichever of its two names it has; a definition that has been checked has one. */
export function processorOf(state: StateOf<'Map'>): Processor {
  const processor = state.ItemProcessor ?? state.Iterator;
  if (processor === undefined) throw new Error('a checked Map has a processor');
  return processor;
}

/** The blocks inside a state. */
export function nestedBlocks(state: State): readonly Block[] {
  if (state.Type === 'Parallel') return state.Branches;
  return state.Type === 'Map' ? [processorOf(state)] : [];
}

/** What the Map Runs and children of a distributed Map are named after. */
export function labelOf(name: string, { Label }: StateOf<'Map'>): string {
  return Label ?? name.replaceAll('/', '-');
}

/** The processor of the distributed Map with this label, wherever in the block it stands. */
export function distributedProcessor(block: Block, label: string): Processor | undefined {
  for (const [name, state] of Object.entries(block.States)) {
    const isDistributed = state.Type === 'Map' && processorOf(state).ProcessorConfig?.Mode === 'DISTRIBUTED';
    if (isDistributed && labelOf(name, state) === label) return processorOf(state);
    for (const nested of nestedBlocks(state)) {
      const found = distributedProcessor(nested, label);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
