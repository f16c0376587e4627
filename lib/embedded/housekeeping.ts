import { goingTimes, type RetentionTimes } from '#archive/retention-times.ts';
import { archiveLog } from '#archive/retire/archive-log.ts';
import { AT_FULL_SPEED, type Pace, type RetirePorts } from '#archive/retire/ports.ts';
import { retireRound } from '#archive/retire/retire-round.ts';
import type { ArchiveStore } from '#archive/stores/archive-store.ts';
import type { Clock, Timer } from '#core/clock.ts';
import type { Random } from '#core/random.ts';
import { EngineRetention } from '#engine/embedded/retention.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { EventLog } from '#monitoring/feed/event-log.ts';
import { CatalogueRetention } from '#step-functions-api/catalogue/retention.ts';
import { TEST_MACHINE } from '#step-functions-api/catalogue/revisions.ts';
import type { Database } from '#storage/database.ts';
import { executionKeys } from '#table/keys.ts';
import type { SqliteTable } from '#table/sqlite.ts';
import { executionOf } from './assembly.ts';
import { gentlePace } from './gentle-pace.ts';
import { KEPT_EVENTS, UNREAD_EVENTS } from './monitoring.ts';

/** What is kept in order, and how. */
export interface HousekeepingOptions {
  /** The tables of engine and catalogue must be there already. */
  readonly database: Database;
  readonly table: SqliteTable;
  readonly engine: RetirePorts['engine'];
  readonly clock: Clock;
  readonly random: Random;
  /** How long each kind is kept after its end, in ms. */
  readonly times: RetentionTimes;
  /** Where records go before they are deleted; undefined: they are deleted. */
  readonly archive: ArchiveStore | undefined;
  /** The log of events; undefined where none are put on record. */
  readonly events?: EventLog | undefined;
  /** How many of its events, the newest ones, somebody has not read who should miss none. Default: none. */
  eventsUnread?(): Promise<number>;
  /** Told of revisions of machines that are no more, as the engine knows them. */
  forget?(revision: string): void;
  onDefect(error: unknown): void;
}

/** How long tests of single states are kept, in ms: whoever asked for one has been told. */
const KEEP_TESTS_MS = 3_600_000;
/** From the end of a round to the next one, in ms. */
const PAUSE_MS = 60_000;
/** Rows that go in one commit: a millisecond or two, so that nobody who works notices. */
const ROWS_AT_ONCE = 200;
/** Pages that are given back in one commit, of 16 KiB each. */
const PAGES_AT_ONCE = 16;
/** Pages that are given back in one round. */
const PAGES_A_ROUND = 4_096;

/** Archives and drops what is over its time, a little at a time, for as long as the process runs. */
export function startHousekeeping(options: HousekeepingOptions): { close(): void } {
  const { clock, onDefect } = options;
  let timer: Timer | undefined;
  let isClosed = false;
  let pace = gentlePace(clock, () => isClosed);
  const again = (): void => {
    if (!isClosed) timer = clock.setTimer(clock.now() + PAUSE_MS, round);
  };
  const round = (): void => {
    pace = gentlePace(clock, () => isClosed);
    void keepHouse(options, pace)
      .catch((error: unknown) => {
        if (!isClosed) onDefect(error);
      })
      .then(again);
  };
  again();
  return {
    close: () => {
      isClosed = true;
      timer?.cancel();
      pace.wake();
    },
  };
}

/**
 * One round: what is over its time is archived and dropped, records first, and the room that it took given back. Nothing expires that was
 * to be archived before, and could not be.
 */
export async function keepHouse(options: HousekeepingOptions, pace: Pace = AT_FULL_SPEED): Promise<void> {
  const { database, table, clock, archive, onDefect } = options;
  const times = goingTimes(options.times, {
    isArchived: archive !== undefined,
    historiesMs: Number.POSITIVE_INFINITY,
  });
  await dropEvents(options, times, pace);
  const { isDone } = await retireRound(options, { times, atOnce: 1, pace, onDefect });
  if (archive === undefined || isDone) await table.purge(Math.floor(clock.now() / 1_000));
  await dropRuns(options, times);
  for (let given = 0; given < PAGES_A_ROUND && !pace.isOver(); given += PAGES_AT_ONCE) {
    if ((await database.shrink(PAGES_AT_ONCE)) === 0) break;
  }
}

async function dropEvents(options: HousekeepingOptions, going: RetentionTimes, pace: Pace): Promise<void> {
  const { events: log, times, clock, eventsUnread = async () => 0 } = options;
  if (log === undefined) return;
  const archived = await archiveLog({ ...options, log }, { afterMs: going.events, pace });
  const through = Math.min(archived, log.last - Math.min(UNREAD_EVENTS, await eventsUnread()));
  const old = { keep: KEPT_EVENTS, before: clock.now() - times.events, through, rows: ROWS_AT_ONCE };
  while ((await log.drop(old)) > 0) await pace.rest();
}

/** What the engine has of executions that are gone, or that only it knows, and revisions of machines that nothing names any more. */
async function dropRuns(options: HousekeepingOptions, { executions }: RetentionTimes): Promise<void> {
  const { database, table, clock, forget = () => {} } = options;
  const catalogue = new CatalogueRetention(database);
  const retention = new EngineRetention(database, {
    onDropped: (ref) => catalogue.dropPin(ref),
    isNeeded: (ref: ExecutionRef) => table.has(executionKeys.meta(executionOf(ref))),
  });
  const tests = { before: clock.now() - KEEP_TESTS_MS, machine: TEST_MACHINE };
  while ((await retention.drop({ ...tests, rows: ROWS_AT_ONCE })) > 0);
  const before = clock.now() - executions;
  if (Number.isFinite(before)) while ((await retention.drop({ before, rows: ROWS_AT_ONCE })) > 0);
  for (;;) {
    const dropped = await catalogue.dropRevisions(ROWS_AT_ONCE);
    if (dropped.length === 0) return;
    for (const revision of dropped) forget(revision);
  }
}
