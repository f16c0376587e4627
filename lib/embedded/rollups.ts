import { findRollupCursor } from '#analytics/rollups/rollup-store.ts';
import { rollupWork } from '#analytics/rollups/rollup-work.ts';
import type { Clock, Timer } from '#core/clock.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { cursorOf, readCursor } from '#monitoring/feed/event-log.ts';
import { type Monitoring, UNREAD_EVENTS } from './monitoring.ts';
import { SpareTime } from './spare-time.ts';

/** What counting takes in this process. */
export interface RollupsOptions {
  readonly monitoring: Monitoring;
  readonly ports: Pick<ExecutionPorts, 'table' | 'engine'>;
  readonly clock: Clock;
  onDefect(error: unknown): void;
}

/** Who counts by hour and day. */
export interface Rollups {
  /** Counts all that has come; resolves when it is on record. */
  catchUp(): Promise<void>;
  /** How many events have not been counted. */
  eventsBehind(): Promise<number>;
  close(): void;
}

/** Events of one piece of work, in turns of a few ms: the more, the fewer times the cells of an hour are read and written. */
const EVENTS_AT_ONCE = 5_000;
/** From the end of a piece to the next one, in ms, where there was no more to count. */
const PAUSE_MS = 5_000;

/** Counts what the log tells, a little at a time, for as long as the process runs: executions have the machine to themselves. */
export function startRollups({ monitoring, ports, clock, onDefect }: RollupsOptions): Rollups {
  const { log } = monitoring;
  const { table, engine } = ports;
  const work = { feed: log, table, engine, clock, beginning: () => cursorOf(log.first - 1) };
  const spare = new SpareTime();
  let timer: Timer | undefined;
  let isClosed = false;
  let working: Promise<unknown> = Promise.resolve();
  const piece = (): Promise<boolean> => {
    const done = working.then(async () => !isClosed && (await rollupWork(work, EVENTS_AT_ONCE)).more);
    working = done.catch(() => undefined);
    return done;
  };
  const eventsBehind = async (): Promise<number> => {
    const counted = await findRollupCursor(table);
    return counted === undefined ? 0 : log.last - readCursor(counted.cursor);
  };
  const goOn = async (): Promise<void> => {
    const since = performance.now();
    let [more, behind] = [false, 0];
    try {
      more = await piece();
      behind = more ? await eventsBehind() : 0;
    } catch (error) {
      if (!isClosed) onDefect(error);
    }
    const filled = behind / UNREAD_EVENTS;
    rest({ workedMs: performance.now() - since, filled, leastMs: more ? 0 : PAUSE_MS }, clock.now());
  };
  const rest = (after: { workedMs: number; filled: number; leastMs: number }, since: number): void => {
    if (isClosed) return;
    const restedMs = clock.now() - since;
    const ms = Math.max(after.leastMs - restedMs, spare.restAfter({ ...after, restedMs }));
    if (ms > 0) timer = clock.setTimer(clock.now() + ms, () => rest(after, since));
    else void goOn();
  };
  timer = clock.setTimer(clock.now() + PAUSE_MS, () => void goOn());
  return {
    catchUp: async () => {
      while (await piece());
    },
    eventsBehind,
    close: () => {
      isClosed = true;
      timer?.cancel();
    },
  };
}
