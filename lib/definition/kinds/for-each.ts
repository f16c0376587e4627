import { z } from 'zod';
import {
  blockFields,
  ConditionSchema,
  DurationSchema,
  failureFields,
  IdSchema,
  stepFields,
  type UnreadList,
  workFields,
} from '../fields.ts';
import type { ApproveStep, ForEachStep, Waves } from '../model.ts';
import { durationMs } from '../read-retry.ts';
import { expressionText, type Reading, readBase, readFallible, readWork } from '../reading.ts';
import { ApprovalSchema, readApproval } from './approve.ts';

const ToleranceSchema = z
  .union([
    z.strictObject({
      count: z
        .int()
        .min(0)
        .describe('So many.')
        .meta({ examples: [1] }),
    }),
    z.strictObject({
      percent: z
        .number()
        .min(0)
        .max(100)
        .describe('So many of a hundred, rounded down.')
        .meta({ examples: [5] }),
    }),
  ])
  .describe('How many iterations may fail; each that does is undone alone.');

const WaveSchema = z.union([
  z.strictObject({
    count: z
      .int()
      .min(1)
      .describe('So many items more.')
      .meta({ examples: [1] }),
  }),
  z.strictObject({
    percent: z
      .number()
      .gt(0)
      .max(100)
      .describe('So many of a hundred of all items, those of earlier waves included.')
      .meta({ examples: [10] }),
  }),
  z.strictObject({ rest: z.literal(true).describe('All items that are left.') }),
]);

/** A `forEach` step. */
export function forEachSchema<List extends z.ZodType>(list: List) {
  const betweenWaves = z
    .strictObject({
      soak: DurationSchema.optional().describe('How long is waited first.'),
      steps: list.optional().describe('What is done then; a failure ends the step.'),
      approve: ApprovalSchema.optional(),
    })
    .describe('What is done after each wave, before the next begins.');
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      ...blockFields,
      forEach: ConditionSchema.describe('An expression in {% … %} that gives an array.'),
      as: IdSchema.optional().describe('Name of the item in expressions. Default item.'),
      maxConcurrency: z
        .int()
        .min(1)
        .max(1_000)
        .optional()
        .describe('Iterations at once. Default: all.')
        .meta({ examples: [10] }),
      tolerate: ToleranceSchema.optional(),
      onExceeded: z
        .enum(['rollback', 'halt', 'continue'])
        .optional()
        .describe(
          'What happens when more fail: the workflow fails and is undone, it fails and what was done stays, or it goes on. Default rollback.',
        ),
      waves: z
        .array(WaveSchema)
        .min(1, 'has at least one wave')
        .max(50)
        .optional()
        .describe('Sizes of waves; each begins when the one before is through. Default: all at once.'),
      betweenWaves: betweenWaves.optional(),
      steps: list.describe('What is done for each item.'),
    })
    .refine(({ waves, betweenWaves: between }) => waves !== undefined || between === undefined, {
      message: 'there are no waves that it could stand between',
      path: ['betweenWaves'],
    })
    .describe('Runs its steps for each item; gives an array in the order of the items.');
}

type Written = z.infer<ReturnType<typeof forEachSchema<UnreadList>>>;

/** A `forEach` step. */
export function readForEachStep(step: Written, reading: Reading): ForEachStep {
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    timeoutMs: durationMs(step.timeout),
    kind: 'forEach',
    items: expressionText(step.forEach),
    as: step.as ?? 'item',
    maxConcurrency: step.maxConcurrency,
    tolerate: step.tolerate,
    onExceeded: step.onExceeded ?? 'rollback',
    waves: readWaves(step, reading),
    steps: reading.readList(step.steps, [...reading.path, 'steps']),
  };
}

function readWaves(step: Written, reading: Reading): Waves | undefined {
  const { waves: sizes, betweenWaves } = step;
  if (sizes === undefined) return undefined;
  const path = [...reading.path, 'betweenWaves'];
  const between =
    betweenWaves?.steps === undefined ? [] : reading.readList(betweenWaves.steps, [...path, 'steps']);
  const approval = approvalBetween(step, { ...reading, path });
  return { sizes, soakMs: durationMs(betweenWaves?.soak) ?? 0, between: [...between, ...approval] };
}

/** The approval between waves is a step without an id of its own in the file: it is named after its forEach. */
function approvalBetween({ id, betweenWaves }: Written, reading: Reading): readonly ApproveStep[] {
  if (betweenWaves?.approve === undefined) return [];
  const step = { id: `${id}_approval` };
  return [
    {
      ...readBase(step, reading),
      ...readFallible({}, reading),
      ...readWork({}),
      kind: 'approve',
      ...readApproval(betweenWaves.approve),
    },
  ];
}
