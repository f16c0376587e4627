import * as z from 'zod';
import { executionKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { getExecution } from '../execution-store.ts';
import { type Pause, pausesOf } from './pause.ts';

const ToleranceSchema = z.union([z.object({ count: z.number() }), z.object({ percent: z.number() })]);

/** How a forEach has divided its items into waves, and what its canaries were chosen for. */
export const RolloutRecordSchema = z.object({
  path: z.string().describe('Path of the forEach, such as rollout.'),
  waves: z
    .array(z.object({ from: z.number(), to: z.number(), tolerate: ToleranceSchema.optional() }))
    .describe('From which to before which item each goes, in the order of the rollout.'),
  canaries: z
    .array(
      z.object({
        chosen: z.array(
          z.object({
            device: z.string(),
            covers: z.array(z.string()).describe('Values that no canary before it has.'),
            standsFor: z.number().describe('How many items are alike in what is covered, itself included.'),
          }),
        ),
        kinds: z.number().describe('How many combinations of values there are.'),
        covered: z.number().describe('How many of them have a canary.'),
      }),
    )
    .describe('For each wave of canaries, which were chosen and why.'),
  skipped: z
    .array(z.object({ device: z.string(), by: z.string() }))
    .describe('Devices that are left out, with the execution that has claimed them.'),
});

/** How a forEach has divided its items into waves. */
export type RolloutRecord = z.infer<typeof RolloutRecordSchema>;

/** What rollouts of an execution have come to. */
export interface Rollouts {
  /** Those that choose their waves or claim their devices. */
  readonly rollouts: readonly RolloutRecord[];
  /** What of them waits. */
  readonly waiting: readonly Pause[];
}

/** How the rollouts of an execution were planned, and what of them waits. Throws SW4044. */
export async function rolloutsOf(table: Table, execution: string): Promise<Rollouts> {
  await getExecution(table, execution);
  const query = { partition: executionKeys.partition(execution), prefix: executionKeys.rolloutPlanPrefix };
  const items = await Array.fromAsync(queryAll(table, query));
  return {
    rollouts: items.map((item) => RolloutRecordSchema.parse(item)),
    waiting: await Array.fromAsync(pausesOf(table, execution)),
  };
}
