import { StepwrightError } from '#core/error.ts';
import { type Html, html } from '#core/html.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import {
  acknowledgeByLink,
  type FollowedAlertLink,
  followAlertLink,
} from '#monitoring/alerts/alert-links.ts';
import { alertsAnswered } from '#monitoring/alerts/alerts-answered.ts';
import type { AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import type { HttpRequest, HttpResponse } from '../http.ts';
import { page } from './pages.ts';

/** So many alerts are named on a page. */
const MOST_NAMED = 50;

/** Serves the page by which somebody acknowledges what they were paged of: GET shows it, only POST does it. */
export async function serveAlertAnswer(
  ports: ExecutionPorts,
  { method, query }: HttpRequest,
): Promise<HttpResponse> {
  const token = query['token'] ?? '';
  const link = await followAlertLink(ports, token);
  if (link.state !== 'open') return closed(link);
  if (method !== 'POST') return shown(link.alerts, link.claims.to);
  try {
    await alertsAnswered(ports, await acknowledgeByLink(ports, link));
  } catch (error) {
    // It was over in this moment, or somebody else was quicker: the page says what is so now.
    if (!(error instanceof StepwrightError) || error.kind === 'unavailable') throw error;
  }
  const after = await followAlertLink(ports, token);
  return after.state === 'open' ? shown(after.alerts, after.claims.to) : closed(after);
}

function closed({ state }: Exclude<FollowedAlertLink, { state: 'open' }>): HttpResponse {
  if (state === 'invalid') {
    return page(404, 'This link does not work', [
      html`<p class="ask">It may have been cut off. Open it once more from the message, as a whole; or ask whoever runs Stepwright.</p>`,
    ]);
  }
  return page(410, 'It is over', [
    html`<p class="ask">Nothing of it fires any more, or the link is older than a week. What fires is told by "stepwright alerts list".</p>`,
  ]);
}

function shown(alerts: readonly AlertRecord[], to: string): HttpResponse {
  const firing = alerts.filter(({ status }) => status === 'FIRING');
  const more = alerts.length - MOST_NAMED;
  const title = firing.length === 0 ? 'Acknowledged' : 'Acknowledge alerts';
  return page(200, title, [
    html`<dl><dt>You are</dt><dd>${to}</dd>${alerts.slice(0, MOST_NAMED).map(entry)}</dl>`,
    ...(more > 0 ? [html`<p class="note">And ${more} more.</p>`] : []),
    firing.length === 0
      ? html`<p class="note">Nobody is told of it any more until it is over, or something else fires.</p>`
      : html`<form method="post"><div class="choice"><button class="yes">Acknowledge</button></div>
<p class="note">Nothing is done until you press the button.</p></form>`,
  ]);
}

function entry({ title, message, severity, acknowledgedBy, by }: AlertRecord): Html {
  const values = Object.values(by).filter((value) => value !== '');
  const who = acknowledgedBy === undefined ? '' : ` — ${acknowledgedBy} looks after it`;
  return html`<dt>${severity}</dt><dd>${[title, ...values].join(', ')}${message === undefined ? '' : `: ${message}`}${who}</dd>`;
}
