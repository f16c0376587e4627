import { firstTry, taskId } from '#compiler/task-id.ts';
import type { RequestApprovalRequest } from '#compiler/wait-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Table } from '#table/table.ts';
import { answerApprovalTask } from './answer-approval.ts';
import { type Approval, findApproval, noteTold, writeApproval } from './approval.ts';
import { tellGroup } from './approval-notices.ts';
import type { SignalPorts } from './ports.ts';
import { scheduleNext } from './remind-approval.ts';
import { allVotersOf } from './voters.ts';

/**
 * Asks a group to approve. Called again for the same try, it asks no second time, and answers again what is decided. Throws
 * Approval.Impossible where too few may approve.
 *
 * @param starter who started the execution, where that is known.
 */
export async function requestApproval(
  ports: SignalPorts,
  request: RequestApprovalRequest,
  starter?: string,
): Promise<Approval> {
  const { id, known } = await approvalOfTask(ports.table, request);
  if (known !== undefined && !isOfAnotherRun(known, request))
    return goOn(ports, { ...known, taskToken: request.taskToken });
  const approval = {
    ...newApproval(ports, { ...request, id, starter }),
    revision: (known?.revision ?? -1) + 1,
  };
  await demandEnough(ports, approval);
  if (!(await writeApproval(ports.table, approval))) return requestApproval(ports, request, starter);
  await begin(ports, approval);
  return approval;
}

/**
 * The approval of a task. Calls that have failed count in the number of its try: one that is open, or was given, is gone on with,
 * whatever its number; one that was refused is asked for again, by the number after it.
 */
export async function approvalOfTask(
  table: Table,
  request: Pick<RequestApprovalRequest, 'execution' | 'path' | 'attempt'>,
): Promise<{ readonly id: string; readonly known: Approval | undefined }> {
  const first = firstTry(request);
  for (let attempt = request.attempt; attempt >= first; attempt--) {
    const id = taskId({ ...request, attempt });
    const known = await findApproval(table, id);
    if (known === undefined) continue;
    const isOver = attempt < request.attempt && known.status !== 'OPEN' && known.status !== 'APPROVED';
    if (!isOver) return { id, known };
    return { id: taskId({ ...request, attempt: attempt + 1 }), known: undefined };
  }
  return { id: taskId({ ...request, attempt: first }), known: undefined };
}

/** A task that is redriven asks again where it was refused; what was approved stays so. */
function isOfAnotherRun({ taskToken, status }: Approval, request: RequestApprovalRequest): boolean {
  return taskToken !== request.taskToken && status !== 'OPEN' && status !== 'APPROVED';
}

async function goOn(ports: SignalPorts, approval: Approval): Promise<Approval> {
  const current = { ...approval, revision: approval.revision + 1 };
  if (!(await writeApproval(ports.table, current))) return goOnWithLatest(ports, approval);
  await answerApprovalTask(ports, current);
  if (current.status !== 'OPEN') return current;
  if (current.told) await scheduleNext(ports, current);
  else await begin(ports, current);
  return current;
}

/** Somebody has spoken meanwhile: what they have said stays, and the task that asks now is the one that is answered. */
async function goOnWithLatest(ports: SignalPorts, { id, taskToken }: Approval): Promise<Approval> {
  const latest = await findApproval(ports.table, id);
  if (latest === undefined) throw new Error(`the approval ${id} has gone`);
  return goOn(ports, { ...latest, taskToken });
}

/** Its times are set first: should this process end before people are told, they are told when the task is called again. */
async function begin(ports: SignalPorts, approval: Approval): Promise<void> {
  await scheduleNext(ports, approval);
  await tellGroup(ports, approval, { key: '0', group: approval.group, words: 'asks for approval' });
  await noteTold(ports.table, approval.id);
}

function newApproval(
  { clock }: SignalPorts,
  request: RequestApprovalRequest & { readonly id: string; readonly starter: string | undefined },
): Approval {
  const { id, starter, execution, path, group, message, quorum, rejections, taskToken, not, escalate } =
    request;
  const { remindSeconds, timeoutSeconds } = request;
  const now = clock.now();
  const after = (seconds: number): number => now + seconds * 1_000;
  return {
    ...{ id, execution, path, group, quorum, rejections, taskToken },
    ...{ status: 'OPEN', votes: [], usedLinks: [], told: false, askedAt: now, reminders: 0, revision: 0 },
    excluded: not === 'starter' ? [demandStarter(starter)] : [],
    ...(escalate && { escalate: { group: escalate.group, dueAt: after(escalate.afterSeconds) } }),
    ...(message === undefined ? {} : { message }),
    ...(remindSeconds === undefined
      ? {}
      : { remindMs: remindSeconds * 1_000, remindAt: after(remindSeconds) }),
    ...(timeoutSeconds === undefined ? {} : { dueAt: after(timeoutSeconds) }),
  };
}

function demandStarter(starter: string | undefined): string {
  if (starter !== undefined) return starter;
  throw new RuntimeError(
    'Approval.Impossible',
    'nobody has said who started this execution ("by" of the start), so that somebody else cannot be made sure of',
  );
}

/** What nobody can ever decide is not waited for. */
async function demandEnough({ table }: SignalPorts, approval: Approval): Promise<void> {
  const voters = await allVotersOf(table, approval);
  if (voters === undefined || voters.length >= approval.quorum) return;
  const { group, quorum, excluded } = approval;
  const without = excluded.length === 0 ? '' : `, without ${excluded.join(', ')}`;
  throw new RuntimeError(
    'Approval.Impossible',
    `${quorum} of "${group}" have to approve, and ${voters.length} may${without}`,
  );
}
