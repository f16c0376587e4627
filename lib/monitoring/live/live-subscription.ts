import type { MonitoringEvent } from '../events/event.ts';
import { cursorOf, type LoggedEvent } from '../feed/event-log.ts';
import { type EventFilter, eventTest } from '../feed/filter.ts';
import { LIVE_LIMITS } from './protocol.ts';

/** What a client has asked for, and how far it has been told. */
export class LiveSubscription {
  readonly id: string;
  readonly filter: EventFilter;
  readonly isWanted: (event: MonitoringEvent) => boolean;
  /** Everything up to this position of the log has been sent, as far as it is wanted. */
  position: number;
  /** Whether somebody reads for it; there is one at most. */
  isReading = false;

  constructor(id: string, filter: EventFilter, position: number) {
    this.id = id;
    this.filter = filter;
    this.isWanted = eventTest(filter);
    this.position = position;
  }
}

/** The message of some events, which are JSON already. Everything up to the position of the subscription is in it. */
export function eventsMessage({ id, position }: LiveSubscription, texts: readonly string[]): string {
  const subscription = JSON.stringify(id);
  return `{"subscription":${subscription},"cursor":"${cursorOf(position)}","events":[${texts.join(',')}]}`;
}

/** The texts of events that somebody was told of: others are told of the same. */
const TEXTS = new WeakMap<LoggedEvent, string>();

function textOf(logged: LoggedEvent): string {
  const text = TEXTS.get(logged) ?? JSON.stringify({ cursor: cursorOf(logged.position), ...logged.event });
  TEXTS.set(logged, text);
  return text;
}

/** Moves a subscription on over news, message after message of those by which its client is told. */
export function* messagesOf(
  subscription: LiveSubscription,
  events: readonly LoggedEvent[],
): Generator<string> {
  let texts: string[] = [];
  for (const logged of events) {
    subscription.position = logged.position;
    if (subscription.isWanted(logged.event)) texts.push(textOf(logged));
    if (texts.length < LIVE_LIMITS.eventsAtOnce) continue;
    yield eventsMessage(subscription, texts);
    texts = [];
  }
  if (texts.length > 0) yield eventsMessage(subscription, texts);
}
