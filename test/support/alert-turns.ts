import { type Random, seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import type { KnownDevice } from '#monitoring/alerts/known-devices.ts';
import { LeasedEvaluation, type Woken } from '#monitoring/alerts/leased-evaluation.ts';
import type { Page } from '#monitoring/alerts/records/paging-record.ts';
import { publishAlerts } from '#monitoring/alerts/store/group-store.ts';
import { WAKE_DELAY_MS } from '#monitoring/alerts/wake.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { eventsOf } from '#monitoring/events/events-of.ts';
import { TableFeed } from '#monitoring/feed/table-feed.ts';
import type { Item, Key, Table, Write } from '#table/table.ts';
import { alertFile, START } from './alerts.ts';
import { MemoryTable } from './memory-table.ts';

/** A table that tells its changes as the stream of the real one does. */
class ToldTable extends MemoryTable {
  told: MonitoringEvent[] = [];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    super();
    this.#clock = clock;
  }

  override async transact(writes: readonly Write[]): Promise<void> {
    const keys = writes.map(keyOf);
    const read = (): Promise<(Item | undefined)[]> => Promise.all(keys.map((key) => this.get(key)));
    const before = await read();
    await super.transact(writes);
    const after = await read();
    for (const [at, key] of keys.entries())
      this.told.push(...eventsOf({ key, before: before[at], after: after[at], at: this.#clock.now() }));
  }
}

function keyOf(write: Write): Key {
  if ('put' in write) return write.put;
  if ('update' in write) return write.update.key;
  return 'delete' in write ? write.delete : write.check;
}

/** Alerts as they are evaluated on AWS, on time of their own: by functions that are woken, and of which there may be several, or a new one. */
export class AlertTurns {
  readonly clock = new VirtualClock(START);
  readonly table = new ToldTable(this.clock);
  readonly feed: TableFeed;
  /** Every page that was given to the pager, also those that were given twice. */
  readonly pages: Page[] = [];
  readonly defects: unknown[] = [];
  readonly woken: Woken[] = [];
  devices: KnownDevice[] = [];
  /** Which share of the writes of functions is refused. */
  throttled = 0;
  /** How long each read of events takes, in ms. */
  readTakesMs = 0;
  reads = 0;
  /** Done when a function reads events. */
  onRead: () => Promise<void> = async () => undefined;
  readonly #random: Random;
  #copy: LeasedEvaluation;

  constructor(seed = 1) {
    this.#random = seededRandom(seed);
    this.feed = new TableFeed({ table: this.table, clock: this.clock, random: this.#random });
    this.#copy = this.begin();
  }

  async publish(text: string): Promise<AlertFile> {
    const file = alertFile(text);
    await publishAlerts(this, { file, text: `stepwright: 1\nalerts: plant\n${text}` });
    return file;
  }

  /** Puts events into the feed. */
  async happen(...events: readonly MonitoringEvent[]): Promise<void> {
    if (events.length > 0) await this.feed.write(events);
  }

  /** A function that has just begun. */
  begin(): LeasedEvaluation {
    const { clock, table } = this;
    const feed = {
      read: async (query: Parameters<TableFeed['read']>[0]) => {
        this.reads++;
        await this.onRead();
        if (this.readTakesMs > 0) await clock.advance(this.readTakesMs);
        return this.feed.read(query);
      },
    };
    return new LeasedEvaluation({
      ...{ table: this.#throttling(table), clock, feed, random: this.#random },
      pager: { page: async (page) => void this.pages.push(page) },
      devices: () => listed(this.devices),
      findDevice: async (id) => this.devices.find((device) => device.id === id),
      onDefect: (error) => this.defects.push(error),
    });
  }

  /** From now on a new function is woken. */
  replace(): void {
    this.#copy = this.begin();
  }

  /** Time goes by, and the function is woken every few seconds; what it throws makes it be woken again. */
  async run(ms: number): Promise<void> {
    for (const end = this.clock.now() + ms; this.clock.now() < end; ) {
      await this.clock.advance(Math.min(WAKE_DELAY_MS, end - this.clock.now()));
      await this.wake();
    }
  }

  async wake(copy = this.#copy): Promise<Woken | undefined> {
    await this.happen(...this.table.told.splice(0));
    try {
      const woken = await copy.wake();
      this.woken.push(woken);
      return woken;
    } catch (error) {
      this.defects.push(error);
      return undefined;
    }
  }

  #throttling(table: Table): Table {
    const write = async <T>(call: () => Promise<T>): Promise<T> => {
      if (this.#random() < this.throttled) throw new Error('throttled');
      return call();
    };
    return {
      get: (key) => table.get(key),
      put: (item, condition) => write(() => table.put(item, condition)),
      update: (update) => write(() => table.update(update)),
      delete: (key, condition) => write(() => table.delete(key, condition)),
      transact: (writes) => write(() => table.transact(writes)),
      putAll: (items) => write(() => table.putAll(items)),
      query: (query) => table.query(query),
    };
  }
}

async function* listed<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}
