import { assertNever } from '#core/assert-never.ts';
import { type Html, html } from '#core/html.ts';
import type { ExecutionView } from '#executions/describe.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { actByLink } from '#monitoring/alerts/actions/act.ts';
import {
  type ActionClaims,
  type FollowedAction,
  followAction,
  type OpenAction,
} from '#monitoring/alerts/actions/action-links.ts';
import type { LinkUse } from '#monitoring/alerts/actions/link-uses.ts';
import type { HttpRequest, HttpResponse } from '../http.ts';
import { moment, page } from './pages.ts';

/** So many steps and devices are named on a page. */
const MOST_NAMED = 10;

/** Serves the page by which somebody helps an execution that they were paged of: GET shows what would be done, only POST does it. */
export async function serveAlertAction(ports: ExecutionPorts, request: HttpRequest): Promise<HttpResponse> {
  const link = await followAction(ports, request.query['token'] ?? '');
  if (link.state !== 'open') return closed(link);
  if (request.method !== 'POST') return asked(link);
  const acted = await actByLink(ports, link);
  switch (acted.outcome) {
    case 'done':
      return page(200, DONE[link.claims.verb], [
        html`<p class="ask">The execution is ${acted.execution.status} now. What becomes of it is told by "stepwright executions show".</p>`,
        facts(link.execution, link.claims),
      ]);
    case 'refused':
      return page(409, 'It was refused', [
        html`<p class="ask">${acted.why}</p>`,
        ...(acted.hint === '' ? [] : [html`<p class="note">${acted.hint}</p>`]),
        facts(link.execution, link.claims),
      ]);
    case 'used':
      return serveAlertAction(ports, { ...request, method: 'GET' });
    default:
      return assertNever(acted);
  }
}

const ASKED = {
  resume: ['Resume the execution?', 'Resume'],
  skip: ['Skip the step?', 'Skip it'],
  rollback: ['Roll the execution back?', 'Roll back'],
} as const satisfies Record<ActionClaims['verb'], readonly [string, string]>;

const DONE = {
  resume: 'It goes on',
  skip: 'The step was skipped',
  rollback: 'It is being rolled back',
} as const satisfies Record<ActionClaims['verb'], string>;

function asked({ claims, execution, alert }: OpenAction): HttpResponse {
  const [title, button] = ASKED[claims.verb];
  return page(200, title, [
    html`<p class="ask">${wordsOf(claims, execution)}</p>`,
    facts(execution, claims, [['Alert', alert.message ?? alert.title]]),
    html`<form method="post"><div class="choice"><button class="${claims.verb === 'rollback' ? 'no' : 'yes'}">${button}</button></div>
<p class="note">Nothing is done until you press the button. This link works once. It acknowledges the alert, too.</p></form>`,
  ]);
}

/** What will happen. */
function wordsOf({ verb, path = '' }: ActionClaims, { status }: ExecutionView): string {
  switch (verb) {
    case 'resume':
      return status === 'RUNNING'
        ? 'It is paused, and will go on where it stands.'
        : 'It goes on from the steps that did not succeed; they run again, with all their retries. What has succeeded is kept, and no command is sent twice.';
    case 'skip':
      return `The step "${path}" is left without a result (null), and the execution goes on after it as if it had succeeded. ${
        status === 'RUNNING' ? 'What it waits for is taken back.' : 'Whatever else has failed runs again.'
      }`;
    case 'rollback':
      return 'What it has left on its devices is undone, in reverse order. What was given up before is tried again.';
    default:
      return assertNever(verb);
  }
}

/** The page of a link by which nothing can be done, which says why. */
function closed(link: Exclude<FollowedAction, OpenAction>): HttpResponse {
  if (link.state === 'invalid') {
    return page(404, 'This link does not work', [
      html`<p class="ask">It may have been cut off. Open it once more from the message, as a whole; or ask whoever runs Stepwright.</p>`,
    ]);
  }
  const { claims, execution } = link;
  const [title, words] = closing(link);
  return page(410, title, [html`<p class="ask">${words}</p>`, facts(execution, claims)]);
}

function closing(
  link: Exclude<FollowedAction, OpenAction | { state: 'invalid' }>,
): readonly [string, string] {
  switch (link.state) {
    case 'used': {
      const { by, at } = link.use;
      return ['This link was used already', `${by} used it on ${moment(at)}. ${outcomeWords(link.use)}`];
    }
    case 'expired':
      return ['The time is up', 'A link is good for a day. "stepwright executions" has the same verbs.'];
    case 'changed':
      return [
        'It stands differently now',
        'Since this link was sent, something has been done to the execution, or it has come to another end. A newer message has links of its own.',
      ];
    default:
      return assertNever(link);
  }
}

function outcomeWords({ outcome }: LinkUse): string {
  switch (outcome?.is) {
    case 'done':
      return 'It was done. A link works once.';
    case 'refused':
      return `It was refused: ${outcome.why}`;
    case undefined:
      return 'What came of it is not on record: it is still under way, or was broken off, before or after it was done. See below how the execution stands; "stepwright executions show" tells what was done to it, and "stepwright executions" has the same verbs.';
    default:
      return assertNever(outcome);
  }
}

type Fact = readonly [name: string, text: string];

function facts(execution: ExecutionView, { to }: ActionClaims, more: readonly Fact[] = []): Html {
  const { id, workflow, version, status, error, cause = '', steps, leftBehind } = execution;
  const failed = steps.filter((step) => step.status === 'FAILED');
  const devices = [...new Set(failed.flatMap(({ device }) => device ?? []))];
  const left = [...new Set(leftBehind.flatMap(({ device }) => device ?? []))];
  const all: readonly (readonly [string, string | undefined])[] = [
    ['You are', to],
    ...more,
    ['Execution', id],
    ['Workflow', `${workflow} ${version}`],
    ['Status', status],
    ['Cause', error === undefined ? undefined : `${error}${cause === '' ? '' : `: ${cause}`}`],
    ['Failed', listOf(failed.map(({ path }) => path))],
    ['On devices', listOf(devices)],
    ['Left behind on', listOf(left)],
  ];
  return html`<dl>${all.flatMap(([name, text]) => (text === undefined ? [] : [html`<dt>${name}</dt><dd>${text}</dd>`]))}</dl>`;
}

function listOf(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
}
