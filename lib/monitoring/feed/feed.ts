import { StepwrightError } from '#core/error.ts';
import type { MonitoringEvent } from '../events/event.ts';
import type { EventFilter } from './filter.ts';

/** An event where it stands in the feed. */
export interface FeedEntry {
  /** Asks for what comes after it. Within an execution, cursors are in the order of its events. */
  readonly cursor: string;
  readonly event: MonitoringEvent;
}

/** Which part of the feed is wanted. */
export interface FeedQuery {
  /** Only what comes after this one; without it, the newest events. */
  readonly after?: string | undefined;
  readonly filter: EventFilter;
  /** At most so many, 1,000 at most. */
  readonly limit: number;
}

/** A part of the feed, the oldest event first. */
export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  /** Asks for what comes after this page, also where it is empty. */
  readonly cursor: string;
  /** Whether there may be more by now. */
  readonly more: boolean;
  /** Whether events after the cursor that was given are not kept any more, or it is none of this feed. */
  readonly gap: boolean;
}

/** Events in the order in which they were put on record, for as long as they are kept. Each may come more than once. */
export interface EventFeed {
  /** Throws SW4003 for a cursor that is none. */
  read(query: FeedQuery): Promise<FeedPage>;
}

/** The most entries of one page. */
export const MOST_ENTRIES = 1_000;

/** A feed of who keeps no events. */
export const NO_FEED: EventFeed = {
  read: async () => {
    throw new StepwrightError({
      code: 'SW4111',
      kind: 'unavailable',
      message: 'this server keeps no events',
      hint: 'ask the server that runs the executions',
    });
  },
};

/** SW4003. */
export function noCursor(): StepwrightError {
  return new StepwrightError({
    code: 'SW4003',
    kind: 'invalid',
    message: 'the cursor is none that the feed of events gave',
    hint: 'leave it out to begin with the newest events',
  });
}
