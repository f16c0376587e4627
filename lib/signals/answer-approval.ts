import { assertNever } from '#core/assert-never.ts';
import type { JsonObject } from '#core/json.ts';
import type { Approval } from './approval.ts';
import type { SignalPorts } from './ports.ts';

/** Tells the waiting task how its approval ended. Without effect while it is open, and when the task has ended. */
export async function answerApprovalTask(
  { engine }: Pick<SignalPorts, 'engine'>,
  approval: Approval,
): Promise<void> {
  const { status, taskToken, group, askedAt, dueAt = askedAt } = approval;
  switch (status) {
    case 'OPEN':
    case 'CANCELLED':
      return;
    case 'APPROVED':
      await engine.succeedTask(taskToken, outputOf(approval));
      return;
    case 'REJECTED':
      await engine.failTask(taskToken, { error: 'Approval.Rejected', cause: whoRejected(approval) });
      return;
    case 'EXPIRED': {
      const cause = `nobody, or not enough, of "${group}" approved within ${(dueAt - askedAt) / 1_000} s`;
      await engine.failTask(taskToken, { error: 'Approval.Timeout', cause });
      return;
    }
    default:
      return assertNever(status);
  }
}

function outputOf({ votes, askedAt }: Approval): JsonObject {
  const last = votes.findLast(({ decision }) => decision === 'approve');
  return {
    approved: true,
    by: last?.by ?? '',
    at: new Date(last?.at ?? askedAt).toISOString(),
    votes: votes.map(({ at, ...vote }) => ({ ...vote, at: new Date(at).toISOString() })),
  };
}

function whoRejected({ votes }: Approval): string {
  const against = votes.filter(({ decision }) => decision === 'reject');
  return against
    .map(({ by, comment }) => `${by} rejected${comment === undefined ? '' : `: ${comment}`}`)
    .join('; ');
}
