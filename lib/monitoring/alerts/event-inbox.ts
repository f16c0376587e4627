import type { Clock } from '#core/clock.ts';
import { isEventKind } from '../events/kinds.ts';
import { type EventLog, type LoggedEvent, readCursor } from '../feed/event-log.ts';
import type { EventStream, PlacedEvent as Placed } from './event-stream.ts';

/** An event with its place in the log. */
type PlacedEvent = Placed<number>;

/** So many events wait in memory; where more come, they are read from the log. */
const MOST_WAITING = 20_000;
const PAGE = 500;

/**
 * Events of some kinds that nobody has looked at yet, in the order of the log. Those that come while somebody listens are kept as they
 * are; what came before, and what is too much to be kept, is read from the log.
 */
export class EventInbox implements EventStream<number> {
  readonly #log: EventLog;
  readonly #clock: Clock;
  #kinds: ReadonlySet<string> = new Set();
  #waiting: PlacedEvent[] = [];
  /** All that is wanted after this position is among those that wait. */
  #completeAfter = Number.POSITIVE_INFINITY;
  #heard = 0;
  #covered = 0;

  constructor(log: EventLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Keeps events of these kinds from now on. */
  open(kinds: readonly string[]): void {
    this.#kinds = new Set(kinds);
    this.#waiting = [];
    this.#completeAfter = Number.POSITIVE_INFINITY;
    this.#heard = 0;
    this.#covered = 0;
  }

  /** Takes events as they are told by the tail of the log. */
  push(events: readonly LoggedEvent[]): void {
    for (const { event, position } of events) {
      if (this.#completeAfter === Number.POSITIVE_INFINITY) this.#completeAfter = position - 1;
      this.#heard = position;
      if (this.#kinds.has(event.kind)) this.#waiting.push({ event, position });
    }
    if (this.#waiting.length <= MOST_WAITING) return;
    this.#waiting = [];
    this.#completeAfter = Number.POSITIVE_INFINITY;
  }

  /** Up to where all was given when the last of it was taken. */
  get readUpTo(): number {
    return this.#covered;
  }

  /** Now: what happens is heard of in the commit that makes it. */
  knownUntil(): number {
    return this.#clock.now();
  }

  /** All that came after a position, up to now. */
  async *take(after: number): AsyncGenerator<PlacedEvent> {
    let covered = Math.max(after, Math.min(this.#log.last, this.#completeAfter));
    if (covered > after) yield* this.#read(after, covered);
    // More than can be kept may have come meanwhile: that is read from the log the next time.
    if (this.#completeAfter <= covered) {
      const waiting = this.#waiting;
      this.#waiting = [];
      covered = Math.max(covered, this.#heard);
      this.#completeAfter = covered;
      for (const placed of waiting) if (placed.position > after) yield placed;
    }
    this.#covered = covered;
  }

  /** All that the log still has up to a position. */
  past(upTo: number): AsyncGenerator<PlacedEvent> {
    return this.#read(this.#log.first - 1, upTo);
  }

  async *#read(after: number, upTo: number): AsyncGenerator<PlacedEvent> {
    const filter = { kinds: [...this.#kinds].filter(isEventKind) };
    for (let position = after; position < upTo; ) {
      const page = this.#log.entriesAfter(position, { filter, limit: PAGE });
      for (const { event, cursor } of page.entries) {
        const at = readCursor(cursor);
        if (at > upTo) return;
        yield { event, position: at };
      }
      position = page.position;
      if (!page.more) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
