import { StepwrightError } from '#core/error.ts';
import { html } from '#core/html.ts';
import { voteOnApproval } from '#executions/operate/vote.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { ALERT_ACTION_PATH } from '#monitoring/alerts/actions/action-links.ts';
import { ALERT_ANSWER_PATH } from '#monitoring/alerts/alert-links.ts';
import { REPORT_LINK_PATH } from '#reports/report-links.ts';
import { followLink } from '#signals/follow-link.ts';
import { hashLink } from '#signals/links.ts';
import type { HttpRequest, HttpResponse } from '../http.ts';
import type { ApiPorts } from '../ports.ts';
import { serveAlertAction } from './alert-action.ts';
import { serveAlertAnswer } from './alert-answer.ts';
import { askPage, closedPage, type OpenLink, page, thanksPage } from './pages.ts';
import { serveReport } from './report.ts';

const PATH = /^\/v1\/approvals\/([^/]+)\/answer\/?$/;

/** Longest form that is read, in bytes: a comment of 4,096 characters, each written as up to 12. */
export const MAX_FORM_BYTES = 64 * 1024;

const MAX_COMMENT = 4_096;

/** Whether a path is that of the page that a link leads to. Nobody who opens it has the token of the API: the link is enough. */
export function isAnswerPath(path: string): boolean {
  return PATH.test(path) || [ALERT_ANSWER_PATH, ALERT_ACTION_PATH, REPORT_LINK_PATH].includes(path);
}

/** What serving pages that links lead to takes. */
export type AnswerPorts = ExecutionPorts & Pick<ApiPorts, 'reportFiles'>;

/**
 * Serves the page by which a person answers an approval, acknowledges alerts, or helps an execution, or a report: GET shows it, only POST
 * decides.
 */
export async function serveAnswer(ports: AnswerPorts, request: HttpRequest): Promise<HttpResponse> {
  const { method, query, path } = request;
  if (!['GET', 'HEAD', 'POST'].includes(method)) return wrongMethod();
  if (path === ALERT_ANSWER_PATH) return serveAlertAnswer(ports, request);
  if (path === ALERT_ACTION_PATH) return serveAlertAction(ports, request);
  if (path === REPORT_LINK_PATH) return serveReport(ports, request);
  const id = decoded(PATH.exec(path)?.[1] ?? '');
  const token = query['token'] ?? '';
  const link = await followLink(ports, id, token);
  if (link.state !== 'open') return closedPage(link);
  if (method !== 'POST') return askPage(link, ports.clock.now());
  return (await takeForm(ports, link, request)) ?? serveAnswer(ports, { ...request, method: 'GET' });
}

/** Undefined where somebody else was quicker: the page says then what has happened. */
async function takeForm(
  ports: AnswerPorts,
  link: OpenLink,
  { body = '' }: HttpRequest,
): Promise<HttpResponse | undefined> {
  const { approval, claims } = link;
  const form = new URLSearchParams(body);
  const decision = claims.decisions.find((one) => one === form.get('decision'));
  const comment = (form.get('comment') ?? '').replaceAll('\r\n', '\n').trim();
  const now = ports.clock.now();
  if (decision === undefined) return askPage(link, now, 'Press one of the buttons.');
  if (comment.length > MAX_COMMENT) return askPage(link, now, `Write at most ${MAX_COMMENT} characters.`);
  const said = { by: claims.to, decision, ...(comment === '' ? {} : { comment }) };
  try {
    const answered = { ...said, via: 'link', link: hashLink(claims) } as const;
    return thanksPage(await voteOnApproval(ports, approval.id, answered), said);
  } catch (error) {
    if (error instanceof StepwrightError && error.kind !== 'unavailable') return undefined;
    throw error;
  }
}

function wrongMethod(): HttpResponse {
  const refused = page(405, 'That is not possible', [html`<p class="ask">Open the link in a browser.</p>`]);
  return { ...refused, headers: { ...refused.headers, allow: 'GET, HEAD, POST' } };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
