import type { Clock } from '#core/clock.ts';
import type { Database } from '#storage/database.ts';
import type { ChangeListener, ItemChange, ReadNow } from '#table/change.ts';
import type { Key } from '#table/table.ts';
import type { RecordChange } from '../events/change-of.ts';
import type { MonitoringEvent } from '../events/event.ts';
import { eventsOf, isTold } from '../events/events-of.ts';
import { WorkflowMemory, withWorkflow } from '../events/with-workflow.ts';
import type { EventLog, LoggedEvent } from './event-log.ts';

/** What a recorder works with. */
export interface RecorderOptions {
  readonly database: Database;
  readonly log: EventLog;
  readonly clock: Clock;
  /** Told of events as they are written, when it costs least to look at them: all that waits for their commit may still come to nothing. */
  onWritten?(events: readonly LoggedEvent[]): void;
  /** Told of events once they are durable, in order. */
  onEvents(events: readonly LoggedEvent[]): void;
  /** Told of what went wrong; the change itself is not held up by it. */
  onDefect(error: unknown): void;
}

/**
 * Writes the events of changes into the log, in the commit of the changes themselves: whatever crashes, there is a change
 * with its events, or neither. All of a group are made and written at once, as its last act.
 */
export class EventRecorder implements ChangeListener {
  readonly #options: RecorderOptions;
  readonly #workflows = new WorkflowMemory();
  #changes: RecordChange[] = [];
  #read: ReadNow = () => undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  concerns(key: Key): boolean {
    return isTold(key);
  }

  take(change: ItemChange, read: ReadNow): void {
    this.#read = read;
    if (this.#changes.length === 0) this.#writeWithGroup(() => this.#takeEvents());
    const { key, before, after } = change;
    this.#changes.push({ key, before, after, at: this.#options.clock.now() });
  }

  /**
   * Writes events that come of no change of a record, and notes in the same commit how far the reader has come that made them.
   * Resolves when that is durable.
   */
  async record(
    events: readonly MonitoringEvent[],
    reader?: { readonly name: string; readonly position: number },
  ): Promise<void> {
    await this.#writeWithGroup(() => {
      if (reader !== undefined) this.#options.log.noteReader(reader.name, reader.position);
      return events;
    });
  }

  async #writeWithGroup(make: () => readonly MonitoringEvent[]): Promise<void> {
    const { database, log, onEvents } = this.#options;
    let written: readonly LoggedEvent[] = [];
    try {
      await database.commitLate(() => {
        written = log.append(make());
        this.#tellWritten(written);
      });
    } catch {
      // The store has failed, which everybody hears of by `Database.failed`.
      return;
    }
    const last = written.at(-1);
    if (last === undefined) return;
    log.commit(last.position);
    onEvents(written);
  }

  /** What goes wrong there is not to take the commit with it. */
  #tellWritten(events: readonly LoggedEvent[]): void {
    try {
      this.#options.onWritten?.(events);
    } catch (error) {
      setImmediate(() => this.#options.onDefect(error));
    }
  }

  #takeEvents(): readonly MonitoringEvent[] {
    const changes = this.#changes;
    this.#changes = [];
    const events: MonitoringEvent[] = [];
    for (const change of changes) {
      try {
        this.#workflows.learn(change);
        for (const event of eventsOf(change)) events.push(this.#withWorkflow(event));
      } catch (error) {
        // Whoever is told of it has no part in the commit.
        setImmediate(() => this.#options.onDefect(notTold(change, error)));
      }
    }
    return events;
  }

  #withWorkflow(event: MonitoringEvent): MonitoringEvent {
    const { execution, workflow } = event;
    if (execution === undefined || workflow !== undefined) return event;
    return withWorkflow(event, this.#workflows.findOr(execution, this.#read));
  }
}

function notTold({ key: { pk, sk } }: RecordChange, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`what the record ${pk} ${sk} tells cannot be read, and is told to nobody: ${why}`, {
    cause,
  });
}
