import { type Clock, sleep } from '#core/clock.ts';
import type { Table } from '#table/table.ts';
import type { Draw } from './draw.ts';
import { RehearsedFault } from './faults.ts';

/** How a table is throttled. */
export interface Throttling {
  readonly clock: Clock;
  readonly draw: Draw;
  /** Chance of each try, as it now is. */
  chance(): number;
  /** Told of each try that is throttled. */
  onThrottled(): void;
}

/** Tries of a call, and the longest time before the second (AWS SDK for JavaScript, retry mode "standard"). */
const TRIES = 3;
const FIRST_DELAY_MS = 100;

/** A table that now and then throttles a call, as DynamoDB does; calls are tried again as the SDK of AWS does. */
export function throttledTable(table: Table, throttling: Throttling): Table {
  const through = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let tried = 0; throttling.draw.chance(throttling.chance()); tried++) {
      throttling.onThrottled();
      if (tried === TRIES - 1) {
        const message = 'The level of configured provisioned throughput for the table was exceeded.';
        throw new RehearsedFault('ProvisionedThroughputExceededException', message);
      }
      await sleep(throttling.clock, throttling.draw.whole(1, FIRST_DELAY_MS * 2 ** tried));
    }
    return call();
  };
  return {
    get: (key) => through(() => table.get(key)),
    put: (item, condition) => through(() => table.put(item, condition)),
    update: (update) => through(() => table.update(update)),
    delete: (key, condition) => through(() => table.delete(key, condition)),
    transact: (writes) => through(() => table.transact(writes)),
    putAll: (items) => through(() => table.putAll(items)),
    query: (query) => through(() => table.query(query)),
  };
}
