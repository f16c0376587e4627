import { taskId } from '#compiler/task-id.ts';
import type { RequestApprovalRequest } from '#compiler/wait-payload.ts';
import { assertNever } from '#core/assert-never.ts';
import { type Approval, findApproval, writeApproval } from './approval.ts';
import type { SignalPorts } from './ports.ts';

/** Topic under which people are asked, and reminded, to approve. */
const TOPIC = 'approvals';

/** Asks a group to approve. Called again for the same try, it asks no second time, and answers again what is decided. */
export async function requestApproval(
  ports: SignalPorts,
  request: RequestApprovalRequest,
): Promise<Approval> {
  const known = await findApproval(ports.table, taskId(request));
  const asked = { ...newApproval(ports, request), revision: (known?.revision ?? -1) + 1 };
  if (known !== undefined && !isOfAnotherRun(known, request))
    return goOn(ports, { ...known, taskToken: request.taskToken });
  if (!(await writeApproval(ports.table, asked))) return requestApproval(ports, request);
  await tell(ports, asked, 'asks for approval');
  await scheduleNext(ports, asked);
  return asked;
}

/** A task that is redriven asks again where it was refused; what was approved stays so. */
function isOfAnotherRun({ taskToken, status }: Approval, request: RequestApprovalRequest): boolean {
  return taskToken !== request.taskToken && status !== 'OPEN' && status !== 'APPROVED';
}

async function goOn(ports: SignalPorts, approval: Approval): Promise<Approval> {
  const current = { ...approval, revision: approval.revision + 1 };
  await writeApproval(ports.table, current);
  await answerApprovalTask(ports, current);
  if (current.status === 'OPEN') await scheduleNext(ports, current);
  return current;
}

function newApproval({ clock }: SignalPorts, request: RequestApprovalRequest): Approval {
  const { execution, path, group, message, quorum, taskToken, remindSeconds, timeoutSeconds } = request;
  const now = clock.now();
  return {
    ...{ id: taskId(request), execution, path, group, quorum, taskToken },
    ...{ status: 'OPEN', votes: [], askedAt: now, reminders: 0, revision: 0 },
    ...(message === undefined ? {} : { message }),
    ...(remindSeconds === undefined
      ? {}
      : { remindMs: remindSeconds * 1_000, remindAt: now + remindSeconds * 1_000 }),
    ...(timeoutSeconds === undefined ? {} : { dueAt: now + timeoutSeconds * 1_000 }),
  };
}

/** Looks at an approval that may be overdue, or whose people may have to be reminded. */
export async function remindOrExpire(ports: SignalPorts, id: string): Promise<void> {
  const approval = await findApproval(ports.table, id);
  if (approval?.status !== 'OPEN') return;
  const now = ports.clock.now();
  if (approval.dueAt !== undefined && now >= approval.dueAt) return expire(ports, approval);
  if (approval.remindAt !== undefined && now >= approval.remindAt) return remind(ports, approval, now);
  await scheduleNext(ports, approval);
}

async function expire(ports: SignalPorts, approval: Approval): Promise<void> {
  const expired: Approval = { ...approval, status: 'EXPIRED', revision: approval.revision + 1 };
  if (!(await writeApproval(ports.table, expired))) return remindOrExpire(ports, approval.id);
  await answerApprovalTask(ports, expired);
}

async function remind(ports: SignalPorts, approval: Approval, now: number): Promise<void> {
  const reminded: Approval = {
    ...approval,
    reminders: approval.reminders + 1,
    remindAt: now + (approval.remindMs ?? 0),
    revision: approval.revision + 1,
  };
  if (!(await writeApproval(ports.table, reminded))) return remindOrExpire(ports, approval.id);
  await tell(ports, reminded, `still waits for approval (reminder ${reminded.reminders})`);
  await scheduleNext(ports, reminded);
}

async function scheduleNext(ports: SignalPorts, { id, remindAt, dueAt }: Approval): Promise<void> {
  const next = Math.min(remindAt ?? Number.POSITIVE_INFINITY, dueAt ?? Number.POSITIVE_INFINITY);
  if (Number.isFinite(next)) await ports.deadlines.schedule({ kind: 'approval', id }, next);
}

async function tell({ notifier }: SignalPorts, approval: Approval, what: string): Promise<void> {
  const { id, group, message, execution, path, reminders } = approval;
  await notifier.send({
    id: `${id}:${reminders}`,
    topic: TOPIC,
    subject: `${group}: "${path}" ${what}`,
    message: {
      ...{ approvalId: id, group, execution, path, reminders },
      ...(message === undefined ? {} : { message }),
    },
  });
}

/** Tells the waiting task how its approval ended. Without effect while it is open, and when the task has ended. */
export async function answerApprovalTask({ engine }: SignalPorts, approval: Approval): Promise<void> {
  const { status, votes, taskToken, group, askedAt, dueAt = askedAt } = approval;
  const last = votes.at(-1);
  switch (status) {
    case 'OPEN':
      return;
    case 'APPROVED':
      await engine.succeedTask(taskToken, {
        approved: true,
        by: last?.by ?? '',
        at: new Date(last?.at ?? askedAt).toISOString(),
        votes: votes.map(({ at, ...vote }) => ({ ...vote, at: new Date(at).toISOString() })),
      });
      return;
    case 'REJECTED': {
      const comment = last?.comment === undefined ? '' : `: ${last.comment}`;
      await engine.failTask(taskToken, {
        error: 'Approval.Rejected',
        cause: `${last?.by} rejected${comment}`,
      });
      return;
    }
    case 'EXPIRED': {
      const cause = `nobody, or not enough, of "${group}" approved within ${(dueAt - askedAt) / 1_000} s`;
      await engine.failTask(taskToken, { error: 'Approval.Timeout', cause });
      return;
    }
    case 'CANCELLED':
      return;
    default:
      return assertNever(status);
  }
}
