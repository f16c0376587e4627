import { StepwrightError } from '#core/error.ts';
import { personKey } from '#definition/person.ts';
import { answerApprovalTask } from './answer-approval.ts';
import { type Approval, getApproval, type Vote, writeApproval } from './approval.ts';
import type { SignalPorts } from './ports.ts';
import { expireApproval, isOverdue, scheduleNext } from './remind-approval.ts';
import { demandVoter, votersOf } from './voters.ts';

/** What a person says to an approval. */
export type Said = Omit<Vote, 'at' | 'via'> & {
  /** By which way it comes; default `api`. */
  readonly via?: Vote['via'];
  /** Hash of the link by which they say it: it says nothing more. */
  readonly link?: string | undefined;
};

/** A decision whose answer was lost is answered again after this time. In ms. */
const ANSWER_AGAIN_MS = 60_000;

/**
 * Takes what a person says to an approval. Who has spoken already says something new instead; enough who approve, or who
 * reject, decide it. Saying again what one has decided answers the step once more. Throws SW4046, SW4026 once it is decided or
 * its time is up, SW4101 and SW4102 for who may not speak, SW4103 for a link that was used.
 */
export async function vote(ports: SignalPorts, id: string, said: Said): Promise<Approval> {
  const approval = await getApproval(ports.table, id);
  if (approval.status !== 'OPEN') return repeated(ports, approval, said);
  if (isOverdue(approval, ports.clock.now())) {
    await expireApproval(ports, approval);
    return vote(ports, id, said);
  }
  const by = demandVoter(await votersOf(ports.table, approval), approval, said.by);
  const decided = counted(approval, { ...said, by }, ports.clock.now());
  if (decided.status !== 'OPEN') await expectAnswer(ports, id);
  if (!(await writeApproval(ports.table, decided))) return vote(ports, id, said);
  await answerApprovalTask(ports, decided);
  if (decided.status === 'OPEN') await scheduleNext(ports, decided);
  return decided;
}

function counted(approval: Approval, { link, via = 'api', ...said }: Said, at: number): Approval {
  const { usedLinks, revision } = approval;
  if (link !== undefined && usedLinks.includes(link)) throw linkUsed();
  const votes = [
    ...approval.votes.filter(({ by }) => personKey(by) !== personKey(said.by)),
    { ...said, via, at },
  ];
  return {
    ...approval,
    votes,
    usedLinks: link === undefined ? usedLinks : [...usedLinks, link],
    status: statusAfter(votes, approval),
    revision: revision + 1,
  };
}

function statusAfter(
  votes: readonly Vote[],
  { quorum, rejections }: Pick<Approval, 'quorum' | 'rejections'>,
): Approval['status'] {
  const against = votes.filter(({ decision }) => decision === 'reject').length;
  if (against >= rejections) return 'REJECTED';
  return votes.length - against >= quorum ? 'APPROVED' : 'OPEN';
}

async function expectAnswer({ deadlines, clock }: SignalPorts, id: string): Promise<void> {
  await deadlines.schedule({ kind: 'approval', id }, clock.now() + ANSWER_AGAIN_MS);
}

/** The one who decided may say so again, in case the answer to the step was lost. */
async function repeated(ports: SignalPorts, approval: Approval, said: Said): Promise<Approval> {
  const last = approval.votes.at(-1);
  const isSame =
    last !== undefined && personKey(last.by) === personKey(said.by) && last.decision === said.decision;
  const isDecision = approval.status === 'APPROVED' || approval.status === 'REJECTED';
  if (!isSame || !isDecision || said.link !== undefined) {
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

function linkUsed(): StepwrightError {
  return new StepwrightError({
    code: 'SW4103',
    kind: 'conflict',
    message: 'this link was used already',
    hint: 'a link answers once; POST /v1/approvals/{id} changes a vote while it is open',
  });
}
