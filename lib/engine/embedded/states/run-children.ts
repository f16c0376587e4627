import { Cancelled } from '../cancellation.ts';
import { StateFailure } from '../failure.ts';
import type { MapRun } from '../map-run.ts';
import type { ItemBatch, ItemBatches } from './item-batches.ts';
import { isExceeded } from './tolerance.ts';

/** Most child executions at once where the state does not say. Step Functions has 10,000, on more than one machine. */
const DEFAULT_CONCURRENCY = 1_000;

/**
 * Runs the children of a Map Run, as many at once as its bounds say at each moment; gives how many there were. Fails when more
 * items have failed than it tolerates; those that run are stopped then.
 */
export async function runChildren(mapRun: MapRun, { batches }: ItemBatches, items: number): Promise<number> {
  const children = new Children(mapRun, items);
  const unfollow = mapRun.follow(() => children.look());
  try {
    let count = 0;
    for await (const batch of batches()) {
      await children.room();
      if (mapRun.cancellation.isCancelled) break;
      children.run(count++, batch);
    }
    await children.allEnded();
    return count;
  } finally {
    unfollow();
  }
}

/** The children that run now, and what came of the others. */
class Children {
  readonly #mapRun: MapRun;
  readonly #items: number;
  #running = 0;
  #failures = 0;
  #isExceeded = false;
  #error: unknown;
  /** Who waits for room, or for the last one. */
  #waiters: (() => void)[] = [];

  constructor(mapRun: MapRun, items: number) {
    this.#mapRun = mapRun;
    this.#items = items;
  }

  /** Resolves when one more may run, or none will. */
  async room(): Promise<void> {
    while (this.#running >= this.#limit && !this.#mapRun.cancellation.isCancelled) await this.#news();
  }

  run(index: number, batch: ItemBatch): void {
    this.#running += 1;
    this.#mapRun
      .runChild(index, batch)
      .then(({ status }) => {
        if (status !== 'SUCCEEDED') this.#failures += batch.items;
      })
      .catch((error: unknown) => {
        this.#error = this.#error instanceof Cancelled ? error : (this.#error ?? error);
        this.#mapRun.cancellation.cancel();
      })
      .finally(() => {
        this.#running -= 1;
        this.look();
      });
  }

  /** Looks at where it stands, after a child has ended or the bounds were changed. */
  look(): void {
    if (this.#failures > 0 && isExceeded(this.#mapRun.bounds, this.#failures, this.#items)) {
      this.#isExceeded = true;
      this.#mapRun.cancellation.cancel();
    }
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }

  /** Resolves when none runs any more. Throws what they failed by. */
  async allEnded(): Promise<void> {
    while (this.#running > 0) await this.#news();
    if (this.#isExceeded) {
      throw new StateFailure(
        'States.ExceedToleratedFailureThreshold',
        'The specified tolerated failure threshold was exceeded',
      );
    }
    if (this.#error !== undefined) throw this.#error;
    this.#mapRun.cancellation.check();
  }

  get #limit(): number {
    const { maxConcurrency } = this.#mapRun.bounds;
    return maxConcurrency === 0 ? DEFAULT_CONCURRENCY : maxConcurrency;
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }
}
