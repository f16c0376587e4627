import { userInfo } from 'node:os';
import { countWords, secondOf } from '../executions/print-words.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import {
  type ApprovalDocument,
  fetchApproval,
  fetchApprovals,
  fetchLinks,
  sendVote,
} from './approval-calls.ts';

/** `stepwright approvals list`: what nobody has decided, the oldest first. */
export async function listApprovals(args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const approvals = await fetchApprovals(findServer(args, process.env));
  if (terminal.json) printJson(terminal, { approvals: [...approvals] });
  else if (approvals.length === 0) terminal.print('nobody is asked for an approval');
  else for (const line of tableLines(approvals, COLUMNS, tableStyle(terminal))) terminal.print(line);
  return 0;
}

const COLUMNS: readonly Column<ApprovalDocument>[] = [
  { title: 'APPROVAL', text: ({ id }) => id, isKept: true },
  { title: 'ASKED', text: ({ askedAt }) => secondOf(askedAt) },
  { title: 'WHO', text: askedWords },
  { title: 'SO FAR', text: ({ votes }) => votes.map(voteWords).join(', ') },
  { title: 'UNTIL', text: ({ dueAt }) => (dueAt === undefined ? '' : secondOf(dueAt)) },
  { title: 'WHAT', text: ({ message = '' }) => message.replaceAll(/\s+/g, ' ') },
];

/** `stepwright approvals show`: what is asked of whom, and who has said what, when, by which way and why. */
export async function showApproval(
  { id, ...args }: ServerArguments & { readonly id: string },
  terminal: Terminal,
): Promise<ExitCode> {
  return tell(await fetchApproval(findServer(args, process.env), id), terminal);
}

/** What `stepwright approvals approve` and `reject` were called with. */
export interface VoteArguments extends ServerArguments {
  readonly id: string;
  readonly decision: 'approve' | 'reject';
  readonly reason?: string;
  readonly by?: string;
}

/** `stepwright approvals approve` and `reject`. */
export async function voteCommand(
  { id, decision, reason, by, ...args }: VoteArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const name = by ?? (process.env['STEPWRIGHT_USER'] || userInfo().username);
  const comment = reason === undefined ? {} : { comment: reason };
  const body = { decision, by: name, via: 'cli', ...comment };
  return tell(await sendVote(findServer(args, process.env), id, body), terminal);
}

/** `stepwright approvals links`: the links of those who are asked, for who hands them over. */
export async function linksCommand(
  { id, ...args }: ServerArguments & { readonly id: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const { links } = await fetchLinks(findServer(args, process.env), id);
  if (terminal.json) printJson(terminal, { links });
  else if (links.length === 0)
    terminal.print('there are none: it is decided, or nobody has said who is of the group');
  else for (const { to, link } of links) terminal.print(`${terminal.paint.bold(to)}\n  ${link}`);
  return 0;
}

function tell(approval: ApprovalDocument, terminal: Terminal): ExitCode {
  if (terminal.json) printJson(terminal, approval);
  else for (const line of approvalLines(approval, terminal)) terminal.print(line);
  return 0;
}

const LABEL = 10;

function approvalLines(approval: ApprovalDocument, terminal: Terminal): readonly string[] {
  const { id, status, votes } = approval;
  return [
    `${terminal.paint.bold(status)}  ${id}`,
    ...facts(approval).map(([title, text]) => hanging(title.padEnd(LABEL), text, terminal.columns)),
    ...(votes.length === 0 ? [] : ['', ...tableLines(votes, VOTE_COLUMNS, tableStyle(terminal))]),
  ];
}

function facts(approval: ApprovalDocument): readonly (readonly [string, string])[] {
  const { message, excluded, escalation, askedAt, dueAt, reminders } = approval;
  const until = dueAt === undefined ? '' : `, until ${secondOf(dueAt)}`;
  return [
    ...(message === undefined ? [] : [['what', message] as const]),
    ['who', askedWords(approval)],
    ...(excluded.length === 0 ? [] : [['not', excluded.join(', ')] as const]),
    ...(escalation === undefined ? [] : [['also', escalationWords(escalation)] as const]),
    ['asked', `${secondOf(askedAt)} UTC${until}, reminded ${countWords(reminders, 'time')}`],
  ];
}

function escalationWords({ group, dueAt, at }: NonNullable<ApprovalDocument['escalation']>): string {
  return `${group}, ${at === undefined ? `from ${secondOf(dueAt)}` : `since ${secondOf(at)}`} UTC`;
}

function askedWords({ group, quorum, rejections }: ApprovalDocument): string {
  const against = rejections === 1 ? '' : `, ${rejections} to reject`;
  return `${quorum} of ${group}${against}`;
}

type VoteDocument = ApprovalDocument['votes'][number];

function voteWords({ by, decision }: VoteDocument): string {
  return `${by} ${decision === 'approve' ? 'approved' : 'rejected'}`;
}

const VOTE_COLUMNS: readonly Column<VoteDocument>[] = [
  { title: 'WHEN', text: ({ at }) => secondOf(at) },
  { title: 'WHO', text: voteWords },
  { title: 'BY', text: ({ via }) => via },
  { title: 'WHY', text: ({ comment = '' }) => comment },
];
