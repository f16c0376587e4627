import { createHash } from 'node:crypto';
import { isJsonObject } from '#core/json.ts';
import { cut, type Letter, linkWords, titleOf } from './letter.ts';
import { type PostPorts, post, secretOf } from './post.ts';

/** Where PagerDuty takes events (PagerDuty, "Events API v2"). */
const EVENTS_URL = 'https://events.pagerduty.com/v2/enqueue';
/** Longest summary and longest key of an event (the same). */
const MAX_SUMMARY = 1_024;
const MAX_KEY = 255;

/** A service that takes events as PagerDuty does. */
export interface PagerDuty {
  /** Name of the secret that holds its routing key. */
  readonly pagerduty: string;
  readonly url?: string | undefined;
}

/** Sends a letter as an event: what it is about is begun, acknowledged or resolved. What is no trouble is begun as `info`. */
export async function sendPagerDuty(
  ports: PostPorts,
  { pagerduty: secret, url = EVENTS_URL }: PagerDuty,
  letter: Letter,
): Promise<void> {
  const event = { routing_key: await secretOf(ports.secrets, secret), ...eventOf(letter) };
  await post(ports, {
    ...{ url, body: JSON.stringify(event), isConfidential: letter.link !== undefined },
    ...{ addressIn: 'stepwright.yaml', keyIn: `the secret "${secret}"` },
  });
}

function eventOf(letter: Letter) {
  const { id, incident = { key: id, action: 'trigger', severity: 'info' } } = letter;
  const known = { event_action: incident.action, dedup_key: keyOf(incident.key) };
  if (incident.action !== 'trigger') return known;
  const { topic, message, link, actions = [], sentAt } = letter;
  const links = link === undefined ? [] : [{ text: linkWords(letter), link }, ...actions];
  return {
    ...known,
    client: 'Stepwright',
    payload: {
      summary: cut(titleOf(letter), MAX_SUMMARY),
      source: 'stepwright',
      severity: incident.severity,
      timestamp: new Date(sentAt).toISOString(),
      class: topic,
      custom_details: isJsonObject(message) ? message : { message },
    },
    ...(links.length === 0 ? {} : { links: links.map(({ text, link: href }) => ({ href, text })) }),
  };
}

function keyOf(key: string): string {
  return key.length <= MAX_KEY ? key : createHash('sha256').update(key).digest('hex');
}
