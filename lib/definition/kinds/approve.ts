import { z } from 'zod';
import {
  DurationSchema,
  failureFields,
  stepFields,
  TextSchema,
  type UnreadList,
  workFields,
} from '../fields.ts';
import type { ApproveStep } from '../model.ts';
import { durationMs } from '../read-retry.ts';
import { type Reading, readBase, readFallible, readWork } from '../reading.ts';

/** What an approval asks, as a step of its own or between waves. */
export const ApprovalSchema = z
  .strictObject({
    group: TextSchema.min(1, 'is empty').describe('Who may approve.'),
    message: TextSchema.optional().describe('What they are asked.'),
    timeout: DurationSchema.optional().describe(
      'How long is waited; then the step fails: Approval.Timeout. Default: as long as it takes.',
    ),
    remind: DurationSchema.optional().describe('After this time, and each time again, they are reminded.'),
    quorum: z
      .int()
      .min(1)
      .max(50)
      .optional()
      .describe('How many have to approve. Default 1.')
      .meta({ examples: [2] }),
  })
  .describe('Waits until people of a group have approved; a rejection fails the step: Approval.Rejected.');

/** An `approve` step. */
export function approveSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({ ...stepFields, ...failureFields(list), ...workFields, approve: ApprovalSchema })
    .describe('Waits until people have approved; gives who, when, and what they said.');
}

/** An `approve` step. */
export function readApproveStep(
  step: z.infer<ReturnType<typeof approveSchema<UnreadList>>>,
  reading: Reading,
): ApproveStep {
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    kind: 'approve',
    ...readApproval(step.approve),
  };
}

/** What an approval asks. */
export function readApproval({
  group,
  message,
  timeout,
  remind,
  quorum = 1,
}: z.infer<typeof ApprovalSchema>): Pick<
  ApproveStep,
  'group' | 'message' | 'timeoutMs' | 'remindMs' | 'quorum'
> {
  return { group, message, timeoutMs: durationMs(timeout), remindMs: durationMs(remind), quorum };
}
