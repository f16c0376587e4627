import { StepwrightError } from '#core/error.ts';
import { type Approval, getApproval, type Vote, writeApproval } from './approval.ts';
import type { SignalPorts } from './ports.ts';
import { answerApprovalTask } from './request-approval.ts';

/**
 * Takes what a person says to an approval. Who has spoken already says something new instead; enough who approve, or one who
 * rejects, decide it. Saying again what has been decided answers the step once more. Throws SW4046, SW4026.
 */
export async function vote(ports: SignalPorts, id: string, said: Omit<Vote, 'at'>): Promise<Approval> {
  const approval = await getApproval(ports.table, id);
  if (approval.status !== 'OPEN') return repeated(ports, approval, said);
  const others = approval.votes.filter(({ by }) => by !== said.by);
  const votes = [...others, { ...said, at: ports.clock.now() }];
  const decided: Approval = {
    ...approval,
    votes,
    status: statusAfter(votes, approval.quorum),
    revision: approval.revision + 1,
  };
  if (!(await writeApproval(ports.table, decided))) return vote(ports, id, said);
  await answerApprovalTask(ports, decided);
  return decided;
}

function statusAfter(votes: readonly Vote[], quorum: number): Approval['status'] {
  if (votes.some(({ decision }) => decision === 'reject')) return 'REJECTED';
  return votes.length >= quorum ? 'APPROVED' : 'OPEN';
}

/** The one who decided may say so again, in case the answer to the step was lost. */
async function repeated(ports: SignalPorts, approval: Approval, said: Omit<Vote, 'at'>): Promise<Approval> {
  const last = approval.votes.at(-1);
  if (last?.by !== said.by || last.decision !== said.decision) {
    throw new StepwrightError({
      code: 'SW4026',
      kind: 'conflict',
      message: `the approval is ${approval.status.toLowerCase()} already`,
      hint: 'GET /v1/approvals lists those that are open',
    });
  }
  await answerApprovalTask(ports, approval);
  return approval;
}
