import * as z from 'zod';
import type { LockStep } from '../block-steps.ts';
import {
  DurationSchema,
  failureFields,
  PoolUnitsSchema,
  stepFields,
  TextSchema,
  type UnreadList,
  workFields,
} from '../fields.ts';
import { durationMs } from '../read-retry.ts';
import { type Reading, readBase, readFallible, readPoolUnits } from '../reading.ts';

const { output } = workFields;

/** A `lock` step. */
export function lockSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      output,
      lock: z
        .strictObject({
          pools: PoolUnitsSchema,
          timeout: DurationSchema.optional().describe(
            'How long it stands in line; then the step fails: Lock.Timeout. Default: as long as it takes.',
          ),
          priority: z
            .int()
            .min(0)
            .max(999)
            .optional()
            .describe('Who has more goes first in line. Default 500.')
            .meta({ examples: [900] }),
          key: TextSchema.min(1, 'is empty')
            .optional()
            .describe(
              'Those with the same priority take turns by their keys, however many stand in line with one of them.',
            )
            .meta({ examples: ['{% $input.site %}'] }),
          steps: list.describe('What is done while they are held.'),
        })
        .describe('What is held, and while what is done.'),
    })
    .describe('Runs its steps while holding units of named pools; gives what the last of them gave.');
}

/** A `lock` step. */
export function readLockStep(
  step: z.infer<ReturnType<typeof lockSchema<UnreadList>>>,
  reading: Reading,
): LockStep {
  const { pools, timeout, priority, key, steps } = step.lock;
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    uses: undefined,
    output: step.output,
    kind: 'lock',
    pools: readPoolUnits(pools),
    timeoutMs: durationMs(timeout),
    priority,
    key,
    steps: reading.readList(steps, [...reading.path, 'lock', 'steps']),
  };
}
