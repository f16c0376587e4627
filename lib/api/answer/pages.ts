import { assertNever } from '#core/assert-never.ts';
import { formatDuration } from '#core/duration.ts';
import { Html, html } from '#core/html.ts';
import type { Approval, Vote } from '#signals/approval.ts';
import type { FollowedLink } from '#signals/follow-link.ts';
import type { LinkClaims } from '#signals/links.ts';
import type { HttpResponse } from '../http.ts';
import { PAGE_HEADERS, STYLE } from './style.ts';

/** A link that may be answered by. */
export type OpenLink = Extract<FollowedLink, { state: 'open' }>;

/** A link that may not. */
export type ClosedLink = Exclude<FollowedLink, OpenLink>;

/** The page that asks. Opening it decides nothing: what follows links in mails may open it as often as it likes. */
export function askPage({ approval, claims }: OpenLink, now: number, wrong?: string): HttpResponse {
  const { message, path, dueAt } = approval;
  return page(wrong === undefined ? 200 : 400, 'Your approval is asked for', [
    html`<p class="ask">${message ?? `May the step "${path}" go on?`}</p>`,
    facts(approval, [
      ['You are', claims.to],
      ...(dueAt === undefined ? [] : [['Until', `${moment(dueAt)}, in ${roughly(dueAt - now)}`] as const]),
    ]),
    ...(wrong === undefined ? [] : [html`<p class="wrong" role="alert">${wrong}</p>`]),
    form(claims),
  ]);
}

function form({ decisions }: LinkClaims): Html {
  const buttons = decisions.map((decision) =>
    decision === 'approve'
      ? html`<button class="yes" name="decision" value="approve">Approve</button>`
      : html`<button class="no" name="decision" value="reject">Reject</button>`,
  );
  return html`<form method="post">
<label for="comment">Why (others can read it)</label>
<textarea id="comment" name="comment" maxlength="4096"></textarea>
<div class="choice">${buttons}</div>
<p class="note">Nothing is decided until you press a button. This link works once.</p>
</form>`;
}

/** The page after an answer was taken. */
export function thanksPage(
  approval: Approval,
  { by, decision }: Pick<Vote, 'by' | 'decision'>,
): HttpResponse {
  const said = decision === 'approve' ? 'You have approved' : 'You have rejected';
  return page(200, said, [html`<p class="ask">${comesOf(approval)}</p>`, facts(approval, [['You are', by]])]);
}

function comesOf({ status, quorum, votes }: Approval): string {
  if (status === 'APPROVED') return 'That was enough: it goes on.';
  if (status === 'REJECTED') return 'It does not go on.';
  const given = votes.filter(({ decision }) => decision === 'approve').length;
  return `${given} of ${quorum} have approved. The others are still asked.`;
}

/** The page of a link that cannot be answered by, which says what has happened. */
export function closedPage(link: ClosedLink): HttpResponse {
  if (link.state === 'invalid') {
    return page(404, 'This link does not work', [
      html`<p class="ask">It may have been cut off. Open it once more from the message, as a whole; or ask whoever runs Stepwright.</p>`,
    ]);
  }
  const [title, words] = closing(link);
  return page(link.state === 'excluded' ? 403 : 410, title, [
    html`<p class="ask">${words}</p>`,
    facts(link.approval, [['You are', link.claims.to]]),
  ]);
}

function closing({
  state,
  approval,
  own,
}: Exclude<ClosedLink, { state: 'invalid' }>): readonly [string, string] {
  switch (state) {
    case 'used':
      return ['You have answered already', `${ownWords(own)} A link works once.`];
    case 'decided':
      return [
        `Already ${approval.status.toLowerCase()}`,
        'Others have decided it. Nothing more is asked of you.',
      ];
    case 'expired':
      return ['The time is up', 'It was not decided in time, and is not asked any more.'];
    case 'cancelled':
      return ['Not asked any more', 'The run that asked for it has ended.'];
    case 'asked-again':
      return ['Asked again since', 'The run has asked once more. Use the link of the newer message.'];
    case 'excluded':
      return ['You may not answer this', 'You are not, or no longer, one of those who are asked.'];
    default:
      return assertNever(state);
  }
}

function ownWords(own: Vote | undefined): string {
  if (own === undefined) return 'Your answer was taken.';
  return `You ${own.decision === 'approve' ? 'approved' : 'rejected'} on ${moment(own.at)}.`;
}

type Fact = readonly [name: string, text: string];

function facts({ path, execution, group, votes, quorum }: Approval, own: readonly Fact[]): Html {
  const said = votes.map(({ by, decision, comment }) => {
    const did = decision === 'approve' ? 'approved' : 'rejected';
    return `${by} ${did}${comment === undefined ? '' : `: ${comment}`}`;
  });
  const all: readonly Fact[] = [
    ...own,
    ['Asked', quorum === 1 ? group : `${quorum} of ${group}`],
    ...said.map((text, index): Fact => [index === 0 ? 'So far' : '', text]),
    ['Step', path],
    ['Execution', execution],
  ];
  return html`<dl>${all.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`;
}

/** A page, or one that says that a method is none. */
export function page(status: number, title: string, parts: readonly Html[]): HttpResponse {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Stepwright</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${parts}
</main>
</body>
</html>
`;
  return { status, headers: PAGE_HEADERS, body: text };
}

/** A time as people read it, to the minute. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A duration to the minute, or, of days, to the hour. */
function roughly(ms: number): string {
  const unit = ms > DAY_MS ? 60 * MINUTE_MS : MINUTE_MS;
  return formatDuration(Math.max(unit, Math.floor(ms / unit) * unit));
}
