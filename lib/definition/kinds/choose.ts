import * as z from 'zod';
import type { ChooseStep } from '../block-steps.ts';
import { ConditionSchema, stepFields, type UnreadList } from '../fields.ts';
import { expressionText, type Reading, readBase } from '../reading.ts';

/** A `choose` step. */
export function chooseSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      choose: z
        .array(
          z.union([
            z.strictObject({
              if: ConditionSchema.describe('When the branch is taken.'),
              steps: list.describe('What it does.'),
            }),
            z.strictObject({
              else: z.literal(true).describe('Taken when no branch before was.'),
              steps: list.describe('What it does.'),
            }),
          ]),
        )
        .min(1, 'has at least one branch')
        .describe('Branches in order; the first whose condition is true is taken.'),
    })
    .describe('Runs the steps of the first branch whose condition is true.');
}

/** A `choose` step. */
export function readChooseStep(
  step: z.infer<ReturnType<typeof chooseSchema<UnreadList>>>,
  reading: Reading,
): ChooseStep {
  const branches = step.choose.map((branch, index) => ({
    if: 'if' in branch ? expressionText(branch.if) : undefined,
    steps: reading.readList(branch.steps, [...reading.path, 'choose', index, 'steps']),
  }));
  return { ...readBase(step, reading), kind: 'choose', branches };
}
