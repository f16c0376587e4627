import * as z from 'zod';
import { APPROVAL_STATUSES, type Approval, VOTE_WAYS } from '#signals/approval.ts';
import { instant } from './documents.ts';

const VoteDocument = z.object({
  by: z.string(),
  decision: z.enum(['approve', 'reject']),
  comment: z.string().optional(),
  via: z.enum(VOTE_WAYS).describe('By which way it came.'),
  at: z.string(),
});

/** An approval as a document. */
export const ApprovalDocument = z
  .object({
    id: z.string(),
    execution: z.string(),
    path: z.string().describe('Path of the step that waits.'),
    group: z.string(),
    message: z.string().optional(),
    quorum: z.number().int().describe('How many have to approve.'),
    rejections: z.number().int().describe('How many have to reject until it is rejected.'),
    excluded: z.array(z.string()).describe('Who may not approve, though of the group.'),
    escalation: z
      .object({ group: z.string(), dueAt: z.string(), at: z.string().optional() })
      .optional()
      .describe('Whom else to ask from when on; `at`: since when they are asked.'),
    status: z.enum(APPROVAL_STATUSES),
    votes: z.array(VoteDocument),
    askedAt: z.string(),
    dueAt: z.string().optional(),
    reminders: z.number().int(),
  })
  .meta({ id: 'Approval' });

/** An approval as a document. */
export function toApprovalDocument(approval: Approval): z.input<typeof ApprovalDocument> {
  const { id, execution, path, group, message, quorum, rejections, excluded, escalate } = approval;
  const { status, votes, askedAt, dueAt, reminders } = approval;
  return {
    ...{ id, execution, path, group, quorum, rejections, excluded, status, reminders },
    askedAt: instant(askedAt),
    votes: votes.map((one) => ({ ...one, at: instant(one.at) })),
    ...(message === undefined ? {} : { message }),
    ...(escalate === undefined ? {} : { escalation: escalationOf(escalate) }),
    ...(dueAt === undefined ? {} : { dueAt: instant(dueAt) }),
  };
}

function escalationOf({ group, dueAt, at }: NonNullable<Approval['escalate']>) {
  return { group, dueAt: instant(dueAt), ...(at === undefined ? {} : { at: instant(at) }) };
}
