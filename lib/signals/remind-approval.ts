import { answerApprovalTask } from './answer-approval.ts';
import { type Approval, findApproval, writeApproval } from './approval.ts';
import { tellGroup } from './approval-notices.ts';
import type { SignalPorts } from './ports.ts';

/**
 * Looks at an approval that may be overdue, or whose people may have to be reminded, or others asked. One that is decided is
 * answered once more: the process that decided it may have ended before it could.
 */
export async function remindOrExpire(ports: SignalPorts, id: string): Promise<void> {
  const approval = await findApproval(ports.table, id);
  if (approval === undefined) return;
  if (approval.status !== 'OPEN') return answerApprovalTask(ports, approval);
  const now = ports.clock.now();
  if (isOverdue(approval, now)) {
    await expireApproval(ports, approval);
  } else if (escalationTime(approval) <= now) {
    await escalate(ports, approval, now);
  } else if (approval.remindAt !== undefined && now >= approval.remindAt) {
    await remind(ports, approval, now);
  } else {
    await scheduleNext(ports, approval);
  }
}

/** Whether nobody has decided an approval in its time. */
export function isOverdue({ dueAt }: Approval, now: number): boolean {
  return dueAt !== undefined && now >= dueAt;
}

/** Ends an approval whose time is up, unless somebody has decided it in this moment. */
export async function expireApproval(ports: SignalPorts, approval: Approval): Promise<void> {
  const expired: Approval = { ...approval, status: 'EXPIRED', revision: approval.revision + 1 };
  if (!(await writeApproval(ports.table, expired))) return remindOrExpire(ports, approval.id);
  await answerApprovalTask(ports, expired);
}

async function remind(ports: SignalPorts, approval: Approval, now: number): Promise<void> {
  const reminders = approval.reminders + 1;
  const reminded: Approval = {
    ...approval,
    reminders,
    remindAt: now + (approval.remindMs ?? 0),
    revision: approval.revision + 1,
  };
  if (!(await writeApproval(ports.table, reminded))) return remindOrExpire(ports, approval.id);
  await scheduleNext(ports, reminded);
  const words = `still waits for approval (reminder ${reminders})`;
  await tellGroup(ports, reminded, { key: String(reminders), group: remindedGroups(reminded), words });
}

function remindedGroups({ group, escalate }: Approval): string {
  return escalate?.at === undefined ? group : `${group} and ${escalate.group}`;
}

async function escalate(ports: SignalPorts, approval: Approval, now: number): Promise<void> {
  const { escalate: to, group } = approval;
  if (to === undefined) return;
  const escalated: Approval = {
    ...approval,
    escalate: { ...to, at: now },
    revision: approval.revision + 1,
  };
  if (!(await writeApproval(ports.table, escalated))) return remindOrExpire(ports, approval.id);
  await scheduleNext(ports, escalated);
  const words = `asks for approval, which ${group} has not decided`;
  await tellGroup(ports, escalated, { key: 'escalated', group: to.group, words });
}

/** Has an approval looked at when there is next something to do. */
export async function scheduleNext(ports: SignalPorts, approval: Approval): Promise<void> {
  const { id, remindAt = NEVER, dueAt = NEVER } = approval;
  const next = Math.min(remindAt, dueAt, escalationTime(approval));
  if (next < NEVER) await ports.deadlines.schedule({ kind: 'approval', id }, next);
}

const NEVER = Number.POSITIVE_INFINITY;

function escalationTime({ escalate }: Approval): number {
  return escalate === undefined || escalate.at !== undefined ? NEVER : escalate.dueAt;
}
