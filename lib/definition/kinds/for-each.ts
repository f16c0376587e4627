import * as z from 'zod';
import type { ForEachStep, Waves } from '../block-steps.ts';
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
import { MOST_CHILDREN_AT_ONCE } from '../map-mode.ts';
import type { ApproveStep } from '../model.ts';
import { durationMs } from '../read-retry.ts';
import { expressionText, type Reading, readBase, readFallible, readWork } from '../reading.ts';
import type { Wave } from '../step-parts.ts';
import { ApprovalSchema, readApproval } from './approve.ts';
import {
  HealthSchema,
  RateSchema,
  readHealth,
  readWatch,
  readWindow,
  WatchSchema,
  WindowSchema,
} from './pacing.ts';
import { readTolerance, readWaveSizes, ToleranceSchema, WaveSchema } from './waves.ts';

/** A `forEach` step. */
export function forEachSchema<List extends z.ZodType>(list: List) {
  const betweenWaves = z
    .strictObject({
      soak: DurationSchema.optional().describe('How long is waited first.'),
      health: HealthSchema.optional(),
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
        .max(MOST_CHILDREN_AT_ONCE)
        .optional()
        .describe(
          'Iterations at once; above 40, each is an execution of its own on Step Functions (a distributed Map). Default: as many as one execution runs, up to 40.',
        )
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
        .describe('Sizes of waves; each begins when the one before is through. Default: all at once.')
        .meta({
          examples: [[{ canary: { cover: ['type', 'zone'], max: 3 } }, { percent: 10 }, { rest: true }]],
        }),
      betweenWaves: betweenWaves.optional(),
      claim: z
        .enum(['refuse', 'wait', 'skip'])
        .optional()
        .describe(
          'No other execution that claims them runs on the same devices at the same time: where one does, the step fails with Device.Claimed, waits, or leaves those devices out.',
        ),
      window: WindowSchema.optional(),
      rate: RateSchema.optional(),
      watch: WatchSchema.optional(),
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
  const { sizes, tolerate } = readWaveSizes(wavesOf(step), readTolerance(step.tolerate));
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    timeoutMs: durationMs(step.timeout),
    kind: 'forEach',
    items: expressionText(step.forEach),
    as: step.as ?? 'item',
    maxConcurrency: step.maxConcurrency,
    tolerate,
    onExceeded: step.onExceeded ?? 'rollback',
    waves: sizes.length === 0 ? undefined : readWaves(step, sizes, reading),
    claim: step.claim,
    window: readWindow(step.window),
    rate: step.rate,
    watch: readWatch(step.watch),
    steps: reading.readList(step.steps, [...reading.path, 'steps']),
  };
}

/** What claims its devices, or takes in more, has at least one wave. */
function wavesOf({ waves, claim, watch }: Written): NonNullable<Written['waves']> {
  return waves ?? (claim === undefined && watch === undefined ? [] : [{ rest: true }]);
}

function readWaves(step: Written, sizes: readonly Wave[], reading: Reading): Waves {
  const { betweenWaves } = step;
  const path = [...reading.path, 'betweenWaves'];
  const between =
    betweenWaves?.steps === undefined ? [] : reading.readList(betweenWaves.steps, [...path, 'steps']);
  const approval = approvalBetween(step, { ...reading, path });
  return {
    sizes,
    soakMs: durationMs(betweenWaves?.soak) ?? 0,
    health: readHealth(betweenWaves?.health),
    between: [...between, ...approval],
  };
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
