import type { Clock, Timer } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { cursorOf, type EventLog, type LoggedEvent, readCursor } from '../feed/event-log.ts';
import type { FeedTail } from '../feed/feed-tail.ts';
import { tooManySubscriptions, unknownSubscription } from './live-faults.ts';
import { eventsMessage, LiveSubscription, messagesOf } from './live-subscription.ts';
import { CLOSED, type ClientMessage, LIVE_LIMITS, type ServerMessage } from './protocol.ts';
import { readClientMessage } from './read-message.ts';

/** The connection of a client, as a session sees it. */
export interface LiveSocket {
  /** Resolves once the network has taken it. */
  send(text: string): Promise<void>;
  close(code: number, reason: string): void;
}

/** What a session works with. */
export interface LiveSessionOptions {
  readonly socket: LiveSocket;
  readonly log: EventLog;
  readonly tail: FeedTail;
  readonly clock: Clock;
}

const TOO_SLOW = 'SW4114: too slow; come again with your last cursor';

/**
 * What one client is told. Each subscription reads the log at its own pace: what comes in time is passed on as it comes,
 * and who lags behind reads it from the log, one message under way at a time. So a slow client costs no memory; one that
 * takes in nothing for a while is sent away.
 */
export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #subscriptions = new Map<string, LiveSubscription>();
  readonly #stopListening: () => void;
  #heartbeat: Timer;
  #faults = 0;
  /** Messages that the network has not taken yet. */
  #unsent = 0;
  #isClosed = false;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    this.#stopListening = options.tail.listen((events) => this.#takeNews(events));
    this.#heartbeat = this.#setHeartbeat();
  }

  /** Takes what the client says. */
  take(data: Buffer | string): void {
    if (this.#isClosed) return;
    try {
      this.#answer(readClientMessage(data));
    } catch (error) {
      if (!(error instanceof StepwrightError)) throw error;
      this.#refuse(error);
    }
  }

  /** Ends the session; the connection is closed by who calls, or gone. */
  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#heartbeat.cancel();
    this.#subscriptions.clear();
  }

  #answer(message: ClientMessage): void {
    if ('unsubscribe' in message) this.#unsubscribe(message.unsubscribe);
    else this.#subscribe(message);
  }

  #subscribe({ id, subscribe, after }: Extract<ClientMessage, { readonly id: string }>): void {
    const { log } = this.#options;
    if (!this.#subscriptions.has(id) && this.#subscriptions.size >= LIVE_LIMITS.subscriptions)
      throw tooManySubscriptions();
    const asked = after === undefined ? log.last : readCursor(after);
    const isGap = log.isGap(asked);
    const from = isGap ? log.first - 1 : asked;
    const subscription = new LiveSubscription(id, subscribe, from);
    this.#subscriptions.set(id, subscription);
    this.#say({ subscribed: id, cursor: cursorOf(from) });
    if (isGap && after !== undefined) this.#say({ gap: { subscription: id, after, cursor: cursorOf(from) } });
    void this.#readOn(subscription);
  }

  #unsubscribe(id: string): void {
    if (!this.#subscriptions.delete(id)) throw unknownSubscription(id);
    this.#say({ unsubscribed: id });
  }

  /** Passes on what comes to those who have all that came before. */
  #takeNews(events: readonly LoggedEvent[]): void {
    const [first] = events;
    if (first === undefined) return;
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.isReading) continue;
      if (subscription.position === first.position - 1) void this.#passOn(subscription, events);
      else void this.#readOn(subscription);
    }
  }

  async #passOn(subscription: LiveSubscription, events: readonly LoggedEvent[]): Promise<void> {
    subscription.isReading = true;
    for (const message of messagesOf(subscription, events)) {
      if (!this.#isOf(subscription)) return;
      await this.#push(message);
    }
    subscription.isReading = false;
    await this.#readOn(subscription);
  }

  /** Reads the log from where the subscription is to its end. */
  async #readOn(subscription: LiveSubscription): Promise<void> {
    const { log } = this.#options;
    if (subscription.isReading) return;
    subscription.isReading = true;
    while (this.#isOf(subscription) && subscription.position < log.last) {
      if (log.isGap(subscription.position)) this.#skipTo(subscription, log.first - 1);
      const { filter } = subscription;
      const { entries, position } = log.entriesAfter(subscription.position, {
        filter,
        limit: LIVE_LIMITS.eventsAtOnce,
      });
      subscription.position = position;
      const texts = entries.map(({ cursor, event }) => JSON.stringify({ cursor, ...event }));
      if (texts.length > 0) await this.#push(eventsMessage(subscription, texts));
      // Others have their turn.
      else await new Promise<void>((resolve) => setImmediate(resolve));
    }
    subscription.isReading = false;
  }

  /** What a client was too slow for is not kept any more. */
  #skipTo(subscription: LiveSubscription, position: number): void {
    const after = cursorOf(subscription.position);
    subscription.position = position;
    this.#say({ gap: { subscription: subscription.id, after, cursor: cursorOf(position) } });
  }

  #isOf(subscription: LiveSubscription): boolean {
    return !this.#isClosed && this.#subscriptions.get(subscription.id) === subscription;
  }

  /** Sends, and sends a client away that does not take it in. */
  async #push(text: string): Promise<void> {
    const { socket, clock } = this.#options;
    if (this.#unsent >= LIVE_LIMITS.unsentMessages) return this.#end(CLOSED.tooSlow, TOO_SLOW);
    this.#unsent++;
    const stall = clock.setTimer(clock.now() + LIVE_LIMITS.stallMs, () =>
      this.#end(CLOSED.tooSlow, TOO_SLOW),
    );
    try {
      await socket.send(text);
    } catch {
      this.close();
    } finally {
      this.#unsent--;
      stall.cancel();
    }
  }

  #say(message: ServerMessage): void {
    void this.#push(JSON.stringify(message));
  }

  #refuse({ code, message, hint }: StepwrightError): void {
    this.#say({ error: { code, message, ...(hint === undefined ? {} : { hint }) } });
    this.#faults++;
    if (this.#faults >= LIVE_LIMITS.faults) this.#end(CLOSED.policy, `${code}: too many faults`);
  }

  #end(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.socket.close(code, reason);
  }

  #setHeartbeat(): Timer {
    const { clock, log } = this.#options;
    return clock.setTimer(clock.now() + LIVE_LIMITS.heartbeatMs, () => {
      const reached = [...this.#subscriptions.values()].map(({ position }) => position);
      const cursor = cursorOf(Math.min(log.last, ...reached));
      this.#say({ heartbeat: { at: new Date(clock.now()).toISOString(), cursor } });
      this.#heartbeat = this.#setHeartbeat();
    });
  }
}
