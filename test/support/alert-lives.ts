import { setImmediate } from 'node:timers/promises';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import { AlertRunner } from '#monitoring/alerts/alert-runner.ts';
import type { KnownDevice } from '#monitoring/alerts/known-devices.ts';
import type { Page } from '#monitoring/alerts/records/paging-record.ts';
import { publishAlerts } from '#monitoring/alerts/store/group-store.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { EventLog } from '#monitoring/feed/event-log.ts';
import { FeedTail } from '#monitoring/feed/feed-tail.ts';
import { EventRecorder } from '#monitoring/feed/recorder.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
import type { Table } from '#table/table.ts';
import { alertFile, START } from './alerts.ts';

interface Life {
  readonly database: Database;
  readonly table: SqliteTable;
  readonly recorder: EventRecorder;
  readonly runner: AlertRunner;
}

/** Alerts as the embedded runtime evaluates them, on time of its own, in processes that may die at any instant. */
export class AlertLives {
  readonly clock = new VirtualClock(START);
  /** Every page that was given to the pager, also those that were given twice. */
  readonly pages: Page[] = [];
  readonly defects: unknown[] = [];
  devices: KnownDevice[] = [];
  /** Whether the pager takes no pages. */
  isDown = false;
  /** Whether the store takes nothing of the runner. */
  isFull = false;
  readonly #path: string;
  #life: Life;

  constructor(path: string) {
    this.#path = path;
    this.#life = this.#begin();
  }

  get table(): SqliteTable {
    return this.#life.table;
  }

  get runner(): AlertRunner {
    return this.#life.runner;
  }

  async publish(text: string): Promise<AlertFile> {
    const file = alertFile(text);
    await publishAlerts(
      { table: this.table, clock: this.clock },
      { file, text: `stepwright: 1\nalerts: plant\n${text}` },
    );
    return file;
  }

  /** Puts events on record. */
  async happen(...events: readonly MonitoringEvent[]): Promise<void> {
    await this.#life.recorder.record(events);
  }

  /** Time goes by, from one look to the next: none is under way while the clock moves. */
  async run(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while ((this.clock.nextAt() ?? end) < end) {
      await this.clock.advanceToNext();
      await this.runner.look();
    }
    await this.clock.advance(end - this.clock.now());
    await this.runner.look();
  }

  /** The process dies within so many turns of its event loop from when it begins to look, and another takes up what it left. */
  async dieWithin(turns: number): Promise<void> {
    const { database, runner } = this.#life;
    void runner.look();
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    runner.close();
    database.abandon();
    database.close();
    this.#life = this.#begin();
    await this.runner.look();
  }

  close(): void {
    this.runner.close();
    this.#life.database.close();
  }

  #begin(): Life {
    const database = new Database(this.#path);
    const log = new EventLog(database);
    const tail = new FeedTail();
    const onDefect = (error: unknown): number => this.defects.push(error);
    const { clock } = this;
    const recorder = new EventRecorder({
      ...{ database, log, clock, onDefect },
      onEvents: (events) => tail.tell(events),
    });
    const table = new SqliteTable(database, recorder);
    const devices = this.devices;
    const runner = new AlertRunner({
      ...{ log, tail, table: this.#refusing(table), clock, onDefect },
      pager: {
        page: async (page) => {
          if (this.isDown) throw new Error('the pager is down');
          this.pages.push(page);
        },
      },
      devices: async function* () {
        yield* devices;
      },
      findDevice: async (id) => devices.find((device) => device.id === id),
    });
    return { database, table, recorder, runner };
  }

  #refusing(table: SqliteTable): Table {
    return {
      get: (key) => table.get(key),
      put: async (item, condition) => {
        if (this.isFull) throw new Error('the store takes nothing');
        await table.put(item, condition);
      },
      update: (update) => table.update(update),
      delete: (key, condition) => table.delete(key, condition),
      transact: (writes) => table.transact(writes),
      putAll: (items) => table.putAll(items),
      query: (query) => table.query(query),
    };
  }
}
