import type { JsonObject } from '#core/json.ts';
import type { HistoryEventType } from '../history.ts';
import type { Cancellation } from './cancellation.ts';
import type { JournalEvent } from './store.ts';

/** What an event keeps for recovery, and no history shows. */
export type KeptBesides = Pick<JournalEvent, 'next' | 'items'>;

/** Where the events of an execution go. */
export interface Journal {
  /** Gives an event its id and time, and keeps it until the next flush. */
  append(event: Omit<JournalEvent, 'id' | 'timestamp'>): JournalEvent;
  /** Events of a thread that were journaled before this process began. */
  recorded(thread: string): readonly JournalEvent[];
  /** Resolves when all that was appended is durable. */
  flush(): Promise<void>;
}

/**
 * One line of states that run one after another: the machine itself, a branch, an iteration. While there are recorded
 * events, `record` gives those back instead of appending: a thread that runs again after a crash comes to the same place
 * without doing anything twice.
 */
export class Thread {
  readonly name: string;
  readonly cancellation: Cancellation;
  readonly journal: Journal;
  #previous: number;
  #recorded: readonly JournalEvent[];
  #position = 0;

  constructor(
    journal: Journal,
    name: string,
    parent: { readonly previous: number; readonly cancellation: Cancellation },
  ) {
    this.journal = journal;
    this.name = name;
    this.cancellation = parent.cancellation;
    this.#previous = parent.previous;
    this.#recorded = journal.recorded(name);
  }

  /** The last event of this thread. */
  get previous(): number {
    return this.#previous;
  }

  /** Moves the chain on to an event of another thread, as when branches join. */
  continueFrom(eventId: number): void {
    this.#previous = eventId;
  }

  /** The next event, when it was recorded before. */
  peek(): JournalEvent | undefined {
    return this.#recorded[this.#position];
  }

  /** Records an event, or gives the one back that was recorded before. */
  record(type: HistoryEventType, details: JsonObject = {}, kept: KeptBesides = {}): JournalEvent {
    const known = this.peek();
    if (known !== undefined) {
      if (known.type !== type)
        throw new Error(`journal of thread "${this.name}" has ${known.type} where ${type} belongs`);
      return this.#take(known);
    }
    this.cancellation.check();
    const event = this.journal.append({
      type,
      details,
      previousEventId: this.#previous,
      thread: this.name,
      ...kept,
    });
    this.#previous = event.id;
    return event;
  }

  /** Takes a recorded event of one of these types, when that is what comes next. */
  takeRecorded(...types: readonly HistoryEventType[]): JournalEvent | undefined {
    const known = this.peek();
    return known !== undefined && types.includes(known.type) ? this.#take(known) : undefined;
  }

  /** Skips to the recorded exit of the state that was just entered; undefined when it had not been left. */
  skipToExit(): JournalEvent | undefined {
    for (let index = this.#position; index < this.#recorded.length; index++) {
      const event = this.#recorded[index];
      if (event?.type.endsWith('StateExited')) {
        this.#position = index;
        return this.#take(event);
      }
    }
    return undefined;
  }

  #take(event: JournalEvent): JournalEvent {
    this.#position += 1;
    this.#previous = event.id;
    if (this.#position === this.#recorded.length) {
      this.#recorded = [];
      this.#position = 0;
    }
    return event;
  }
}
