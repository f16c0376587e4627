import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { taskKeys } from '#table/keys.ts';
import { ConditionFailed, type Item, type Page, type Table } from '#table/table.ts';

/** How an approval stands. */
export const APPROVAL_STATUSES = ['OPEN', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED'] as const;

/** By which ways people can say something. */
export const VOTE_WAYS = ['api', 'cli', 'link'] as const;

/** What one person has said. */
export const VoteSchema = z.object({
  by: z.string(),
  decision: z.enum(['approve', 'reject']),
  comment: z.string().exactOptional(),
  /** By which way it came. */
  via: z.enum(VOTE_WAYS).default('api'),
  /** Milliseconds since the Unix epoch. */
  at: z.number(),
});

/** What one person has said. */
export type Vote = z.infer<typeof VoteSchema>;

/** A question to a group of people, on which a step waits. Times are ms since the Unix epoch. */
export const ApprovalSchema = z.object({
  /** Id of the task. */
  id: z.string(),
  execution: z.string(),
  path: z.string(),
  group: z.string(),
  message: z.string().optional(),
  quorum: z.number(),
  /** How many have to reject until it is rejected. */
  rejections: z.number().default(1),
  /** People who may not speak, though of the group. */
  excluded: z.array(z.string()).default([]),
  /** Whom else to ask, from when on; `at`: since when they are asked. */
  escalate: z.object({ group: z.string(), dueAt: z.number(), at: z.number().exactOptional() }).optional(),
  /** SHA-256 of the links that have been used. */
  usedLinks: z.array(z.string()).default([]),
  /** Whether people have been told that they are asked. */
  told: z.boolean().default(true),
  status: z.enum(APPROVAL_STATUSES),
  votes: z.array(VoteSchema),
  taskToken: z.string(),
  askedAt: z.number(),
  remindMs: z.number().optional(),
  remindAt: z.number().optional(),
  reminders: z.number(),
  dueAt: z.number().optional(),
  /** Grows with each change, so that two at once do not lose one. */
  revision: z.number(),
});

/** A question to a group of people, on which a step waits. */
export type Approval = z.infer<typeof ApprovalSchema>;

/** An approval, or undefined where there is none. */
export async function findApproval(table: Table, id: string): Promise<Approval | undefined> {
  if (!id.includes(':')) return undefined;
  const item = await table.get(taskKeys.approval(id));
  return item === undefined ? undefined : ApprovalSchema.parse(item);
}

/** An approval. Throws SW4046. */
export async function getApproval(table: Table, id: string): Promise<Approval> {
  const approval = await findApproval(table, id);
  if (approval !== undefined) return approval;
  throw new StepwrightError({
    code: 'SW4046',
    kind: 'not-found',
    message: `there is no approval "${id}"`,
    hint: 'GET /v1/approvals lists those that are open',
  });
}

/** Writes an approval, new or changed. False when somebody else has changed it meanwhile, or made it. */
export async function writeApproval(table: Table, approval: Approval): Promise<boolean> {
  const condition =
    approval.revision === 0
      ? ({ exists: false } as const)
      : { attribute: 'revision', equals: approval.revision - 1 };
  try {
    await table.put(toItem(approval), condition);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

function toItem(approval: Approval): Item {
  const isOpen = approval.status === 'OPEN';
  return {
    ...taskKeys.approval(approval.id),
    ...(isOpen ? { gsi1pk: taskKeys.openApprovals, gsi1sk: openKey(approval) } : {}),
    ...approval,
  };
}

function openKey({ askedAt, id }: Approval): string {
  return `${String(askedAt).padStart(15, '0')}#${id}`;
}

/** One page of the approvals that nobody has decided, the oldest first. */
export async function listOpenApprovals(
  table: Table,
  page: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<{ readonly approvals: readonly Approval[]; readonly cursor?: string }> {
  const { items, cursor }: Page = await table.query({
    index: 'gsi1',
    partition: taskKeys.openApprovals,
    ...page,
  });
  const approvals = items.map((item) => ApprovalSchema.parse(item));
  return { approvals, ...(cursor === undefined ? {} : { cursor }) };
}

/** Notes that people have been told that they are asked, so that a call that comes again tells nobody twice. */
export async function noteTold(table: Table, id: string): Promise<void> {
  await table.update({ key: taskKeys.approval(id), set: { told: true }, condition: { exists: true } });
}
