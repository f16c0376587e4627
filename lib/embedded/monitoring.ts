import type { Clock } from '#core/clock.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { EventLog } from '#monitoring/feed/event-log.ts';
import { FeedTail } from '#monitoring/feed/feed-tail.ts';
import { EventRecorder } from '#monitoring/feed/recorder.ts';
import { StepReader, type StepReaderOptions } from '#monitoring/feed/step-reader.ts';
import type { Database } from '#storage/database.ts';
import type { ChangeListener } from '#table/change.ts';
import { SpareTime } from './spare-time.ts';

/** So many events are kept, the newest ones. */
export const KEPT_EVENTS = 250_000;

/** So many are kept, at most, while steps of executions have not been told, or events not been counted: a server may have no time to. */
export const UNREAD_EVENTS = 1_000_000;

/** What monitoring works with. */
export interface MonitoringOptions {
  readonly database: Database;
  readonly clock: Clock;
  onDefect(error: unknown): void;
}

/** What is on record of what happens, and who hears of it. */
export interface Monitoring {
  /** Is to be told of what changes in the table. */
  readonly changes: ChangeListener;
  readonly log: EventLog;
  readonly tail: FeedTail;
  /** Tells of events as they are written, before they are durable, for who only counts: should they come to nothing, so does the process. */
  readonly writing: FeedTail;
  /** How many events have not been looked at for the steps of executions that have ended. */
  stepEventsBehind(): number;
  /** Begins to tell how the steps of executions went that have ended. */
  follow(
    ports: Pick<ExecutionPorts, 'table' | 'engine'>,
    onDescribed?: StepReaderOptions['onDescribed'],
  ): { close(): void };
}

/** Puts the events of what changes on record, in the commits that change it. */
export function createMonitoring({ database, clock, onDefect }: MonitoringOptions): Monitoring {
  const log = new EventLog(database);
  const tail = new FeedTail();
  const writing = new FeedTail();
  const recorder = new EventRecorder({
    ...{ database, log, clock, onDefect },
    onWritten: (events) => writing.tell(events),
    onEvents: (events) => tail.tell(events),
  });
  let following: StepReader | undefined;
  return {
    ...{ changes: recorder, log, tail, writing },
    stepEventsBehind: () => following?.behind ?? 0,
    follow: (ports, onDescribed) => {
      const spare = new SpareTime();
      const restAfter: StepReaderOptions['restAfter'] = ({ behind, ...worked }) =>
        spare.restAfter({ ...worked, filled: behind / UNREAD_EVENTS });
      const reader = new StepReader({ ...{ log, recorder, ports, clock, onDefect, onDescribed }, restAfter });
      following = reader;
      const stop = tail.listen(() => reader.wake());
      reader.wake();
      return {
        close: () => {
          stop();
          reader.close();
        },
      };
    },
  };
}
