import * as z from 'zod';
import type { Json } from '#core/json.ts';
import { ConditionSchema } from '../fields.ts';
import { OutputsSchema } from './table.ts';

/** A branch of a tree: what it decides, or branches that look further. */
export type DecisionBranch =
  | { readonly if: string; readonly give: BranchResult }
  | { readonly else: true; readonly give: BranchResult };

/** Values by output, or further branches. */
export type BranchResult = Readonly<Record<string, Json>> | readonly DecisionBranch[];

const BranchSchema: z.ZodType<DecisionBranch> = z.union([
  z.strictObject({
    if: ConditionSchema.describe('When the branch is taken: an expression over $input and $data.'),
    get give(): z.ZodType<BranchResult> {
      return BranchResultSchema;
    },
  }),
  z.strictObject({
    else: z.literal(true).describe('Taken when no branch before was.'),
    get give(): z.ZodType<BranchResult> {
      return BranchResultSchema;
    },
  }),
]);

/** Branches in order; the first whose condition is true is taken. */
export const BranchesSchema = z
  .array(BranchSchema)
  .min(1, 'there is at least one branch')
  .describe('Branches in order; the first whose condition is true is taken.')
  .meta({ id: 'branches' });

const BranchResultSchema: z.ZodType<BranchResult> = z
  .union([OutputsSchema, BranchesSchema])
  .describe('Values by output; or a list of further branches.');
