import * as z from 'zod';
import type { ParallelStep } from '../block-steps.ts';
import {
  blockFields,
  failureFields,
  ID_PATTERN,
  stepFields,
  type UnreadList,
  workFields,
} from '../fields.ts';
import { durationMs } from '../read-retry.ts';
import { type Reading, readBase, readFallible, readWork } from '../reading.ts';

/** A `parallel` step. */
export function parallelSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      ...blockFields,
      parallel: z
        .record(z.string().regex(ID_PATTERN, 'is no name of a branch'), list)
        .refine((branches) => Object.keys(branches).length > 0, 'there is at least one branch')
        .describe('Steps by the name of their branch.')
        .meta({
          examples: [{ left: [{ id: 'a', wait: { for: '5s' } }], right: [{ id: 'b', wait: { for: '5s' } }] }],
        }),
    })
    .describe('Runs named branches side by side; gives an object by branch name.');
}

/** A `parallel` step. */
export function readParallelStep(
  step: z.infer<ReturnType<typeof parallelSchema<UnreadList>>>,
  reading: Reading,
): ParallelStep {
  const branches = Object.entries(step.parallel).map(
    ([name, steps]) => [name, reading.readList(steps, [...reading.path, 'parallel', name])] as const,
  );
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    timeoutMs: durationMs(step.timeout),
    kind: 'parallel',
    branches: Object.fromEntries(branches),
  };
}
