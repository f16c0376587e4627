import type { LoggedEvent } from './event-log.ts';

/** Told of events in order and without a gap. It must not throw. */
export type TailListener = (events: readonly LoggedEvent[]) => void;

/** The end of the log, for those who want to hear at once of what comes. */
export class FeedTail {
  readonly #listeners = new Set<TailListener>();

  /** Tells all who listen. */
  tell(events: readonly LoggedEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }

  /** Listens until the returned function is called. */
  listen(listener: TailListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
