import type { Clock, Timer } from '#core/clock.ts';
import { EngineRetention } from '#engine/embedded/retention.ts';
import { dropOldExecutions } from '#executions/retention.ts';
import type { EventLog } from '#monitoring/feed/event-log.ts';
import { CatalogueRetention } from '#step-functions-api/catalogue/retention.ts';
import { TEST_MACHINE } from '#step-functions-api/catalogue/revisions.ts';
import type { Database } from '#storage/database.ts';
import type { SqliteTable } from '#table/sqlite.ts';

/** What is kept in order, and how. */
export interface HousekeepingOptions {
  /** The tables of engine and catalogue must be there already. */
  readonly database: Database;
  readonly table: SqliteTable;
  readonly clock: Clock;
  /** How long executions are kept after their end, in ms; undefined: for ever. */
  readonly keepMs: number | undefined;
  /** The log of events; undefined where none are put on record. */
  readonly events?: EventLog | undefined;
  /** Told of revisions of machines that are no more, as the engine knows them. */
  forget?(revision: string): void;
  onDefect(error: unknown): void;
}

/** How long tests of single states are kept, in ms: whoever asked for one has been told. */
const KEEP_TESTS_MS = 3_600_000;
/** So many events are kept, the newest ones, and none for longer than this, in ms. */
const KEPT_EVENTS = 250_000;
const KEEP_EVENTS_MS = 7 * 86_400_000;
/** From the end of a round to the next one, in ms. */
const PAUSE_MS = 60_000;
/** Rows that go in one commit: a millisecond or two, so that nobody who works notices. */
const ROWS_AT_ONCE = 200;
/** Pages that are given back in one commit, of 16 KiB each. */
const PAGES_AT_ONCE = 16;
/** Pages that are given back in one round. */
const PAGES_A_ROUND = 4_096;

/** Drops what is over its time, a little at a time, for as long as the process runs. */
export function startHousekeeping(options: HousekeepingOptions): { close(): void } {
  const { clock, onDefect } = options;
  let timer: Timer | undefined;
  let isClosed = false;
  const again = (): void => {
    if (!isClosed) timer = clock.setTimer(clock.now() + PAUSE_MS, round);
  };
  const round = (): void => {
    void keepHouse(options)
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
    },
  };
}

/** One round: drops expired items and old executions, records first, and gives back the room that they took. */
export async function keepHouse({
  database,
  table,
  clock,
  keepMs,
  events,
  forget = () => {},
}: HousekeepingOptions): Promise<void> {
  await table.purge(Math.floor(clock.now() / 1_000));
  const catalogue = new CatalogueRetention(database);
  const retention = new EngineRetention(database, (ref) => catalogue.dropPin(ref));
  const tests = { before: clock.now() - KEEP_TESTS_MS, machine: TEST_MACHINE };
  while ((await retention.drop({ ...tests, rows: ROWS_AT_ONCE })) > 0);
  if (keepMs !== undefined) {
    const before = clock.now() - keepMs;
    await dropOldExecutions({ table }, before);
    while ((await retention.drop({ before, rows: ROWS_AT_ONCE })) > 0);
  }
  const oldEvents = { keep: KEPT_EVENTS, before: clock.now() - KEEP_EVENTS_MS, rows: ROWS_AT_ONCE };
  while (events !== undefined && (await events.drop(oldEvents)) > 0);
  for (;;) {
    const dropped = await catalogue.dropRevisions(ROWS_AT_ONCE);
    if (dropped.length === 0) break;
    for (const revision of dropped) forget(revision);
  }
  for (let given = 0; given < PAGES_A_ROUND; given += PAGES_AT_ONCE) {
    if ((await database.shrink(PAGES_AT_ONCE)) === 0) break;
  }
}
