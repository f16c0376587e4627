import type { JsonObject } from '#core/json.ts';
import type { TaskFailure } from '../engine.ts';
import type { HistoryEventType } from '../history.ts';
import type { Cancellation } from './cancellation.ts';
import type { State } from './definition.ts';
import type { JournalEvent } from './journal-store.ts';
import type { RecordedEvent } from './replay.ts';

/** What a thread hands to the journal: an event that has no id and no time yet. */
export type NewEvent = Omit<JournalEvent, 'id' | 'timestamp'>;

/** What an event keeps for recovery, and no history shows. */
export type KeptBesides = Pick<JournalEvent, 'next' | 'items' | 'failure' | 'isHeartbeat'>;

/** A try of a Map or Parallel that failed, and the last event of the branch that it failed by. */
export interface FailedTry {
  readonly failure: TaskFailure;
  readonly previousEventId: number;
}

/** Where the events of an execution go. */
export interface Journal {
  /** Gives an event its id and time, and keeps it until the next flush. */
  append(event: NewEvent): JournalEvent;
  /** Events of a thread that were journaled before this process began. */
  recorded(thread: string): readonly RecordedEvent[];
  /** How the try of a Map or Parallel failed, `<thread>/<start event>`, where it cut branches off before a crash. */
  failedTry(name: string): FailedTry | undefined;
  /** Resolves when all that was appended is durable. */
  flush(): Promise<void>;
}

/** Ends the name under which it is kept that a branch was cut off. */
const CUT = '!';

/** Ends the name under which it is kept that what a thread waited for was given up. */
const ABORTED = '~';

/** The try whose failure cut off the branch that an event is of, `<thread>/<start event>`; undefined for other events. */
export function cutBy({ thread }: Pick<JournalEvent, 'thread'>): string | undefined {
  return thread.endsWith(CUT) ? thread.slice(0, thread.lastIndexOf('.')) : undefined;
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
  /** Types of the states that were entered and not left: at most one, as those inside it have threads of their own. */
  readonly open: State['Type'][] = [];
  #previous: number;
  #recorded: readonly RecordedEvent[];
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
  record(type: HistoryEventType, details: JsonObject = {}, kept?: KeptBesides): JournalEvent {
    const known = this.peek();
    if (known !== undefined) {
      if (known.type !== type)
        throw new Error(`journal of thread "${this.name}" has ${known.type} where ${type} belongs`);
      return this.#take(known);
    }
    this.cancellation.check();
    const made = { type, details, previousEventId: this.#previous, thread: this.name };
    const event = this.journal.append(kept === undefined ? made : { ...made, ...kept });
    this.#previous = event.id;
    return event;
  }

  /** Records an event that the chain does not go on from: the next one names the same event before it. */
  recordAside(type: HistoryEventType, details: JsonObject = {}): JournalEvent {
    const previous = this.#previous;
    const event = this.record(type, details);
    this.#previous = previous;
    return event;
  }

  /** Records that a state could not be evaluated; where an expression failed, in the chain it replaces the entry. */
  recordFault(details: JsonObject, entry?: { readonly id: number; readonly after: number }): void {
    if (this.#previous === entry?.id) this.#previous = entry.after;
    this.record('EvaluationFailed', details);
  }

  /** Whether the thread has come to its end by itself. */
  get isDone(): boolean {
    return this.open.length === 0;
  }

  /**
   * Tells that this branch ends here, cut off by the failure of its try. It is kept apart from what the branch did itself,
   * and tells after a crash that the try has failed, and its branches are not to go on.
   */
  recordCut(type: HistoryEventType, details: JsonObject, { failure, previousEventId }: FailedTry): void {
    this.journal.append({ type, details, previousEventId, thread: `${this.name}${CUT}`, failure });
  }

  /** Tells that what this thread waits for was given up. It is kept apart, so that a redrive goes on as if it had not been. */
  recordAborted(type: HistoryEventType): JournalEvent {
    const thread = `${this.name}${ABORTED}`;
    return this.journal.append({ type, details: {}, previousEventId: this.#previous, thread });
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

  /** Goes on behind all that is recorded. */
  skipRecorded(): void {
    const last = this.#recorded.at(-1);
    if (last === undefined) return;
    this.#position = this.#recorded.length - 1;
    this.#take(last);
  }

  #take(event: RecordedEvent): JournalEvent {
    this.#position += 1;
    this.#previous = event.followedBy ?? event.id;
    if (this.#position === this.#recorded.length) {
      this.#recorded = [];
      this.#position = 0;
    }
    return event;
  }
}
