import type { Clock } from '#core/clock.ts';
import type { MonitoringEvent } from '../events/event.ts';
import { isEventKind } from '../events/kinds.ts';
import { type EventFeed, MOST_ENTRIES } from '../feed/feed.ts';
import { timeOfCursor } from '../feed/table-feed.ts';
import type { EventStream, PlacedEvent } from './event-stream.ts';

/** What reading a feed for alerts takes. */
export interface FeedStreamOptions {
  readonly feed: EventFeed;
  readonly clock: Clock;
  /** Kinds of events that are wanted. */
  readonly kinds: readonly string[];
  /** When to stop: what is left is read the next time. ms since the epoch. */
  readonly until: number;
  /** Told of what alerts and their rules tell of themselves. */
  onAlertEvent(event: MonitoringEvent): void;
}

/** The feed of events in the table, page by page, for a bounded time. */
export class FeedStream implements EventStream<string> {
  readonly #options: FeedStreamOptions;
  #readUpTo = '';
  #isBehind = false;

  constructor(options: FeedStreamOptions) {
    this.#options = options;
  }

  get readUpTo(): string {
    return this.#readUpTo;
  }

  /** Whether there is more than was read. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  knownUntil(): number {
    return Math.min(this.#options.clock.now(), timeOfCursor(this.#readUpTo));
  }

  async *take(after: string): AsyncGenerator<PlacedEvent<string>> {
    const { feed, clock, kinds, until, onAlertEvent } = this.#options;
    const filter = { kinds: [...kinds.filter(isEventKind), 'alert.*'] };
    this.#readUpTo = after;
    for (this.#isBehind = true; this.#isBehind && clock.now() < until; ) {
      const page = await feed.read({ after: this.#readUpTo, filter, limit: MOST_ENTRIES });
      for (const { event, cursor } of page.entries) {
        if (event.kind.startsWith('alert.')) onAlertEvent(event);
        else yield { event, position: cursor };
      }
      this.#readUpTo = page.cursor;
      this.#isBehind = page.more;
    }
  }
}
