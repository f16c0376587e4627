import * as z from 'zod';
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
    rejections: z
      .int()
      .min(1)
      .max(50)
      .optional()
      .describe('How many have to reject until it is rejected. Default 1.')
      .meta({ examples: [2] }),
    not: z
      .literal('starter')
      .optional()
      .describe('Four eyes: who started the execution may not approve, though of the group.'),
    escalate: z
      .strictObject({
        after: DurationSchema.describe('How long after it was asked.'),
        group: TextSchema.min(1, 'is empty').describe(
          'Who is asked then, too, and may approve from then on.',
        ),
      })
      .optional()
      .describe('Whom else to ask where it is not decided after a while.'),
  })
  .describe(
    'Waits until people of a group have approved; enough rejections fail the step: Approval.Rejected.',
  );

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
  rejections = 1,
  not,
  escalate,
}: z.infer<typeof ApprovalSchema>): Pick<ApproveStep, AskedField> {
  return {
    ...{ group, message, quorum, rejections, not },
    timeoutMs: durationMs(timeout),
    remindMs: durationMs(remind),
    escalate: escalate && { afterMs: durationMs(escalate.after), group: escalate.group },
  };
}

type AskedField =
  | ('group' | 'message' | 'quorum' | 'rejections')
  | ('not' | 'timeoutMs' | 'remindMs' | 'escalate');
