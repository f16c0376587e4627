import { type Random, seededRandom } from '#core/random.ts';

/** Draws from one seed: the same seed gives the same draws. */
export class Draw {
  readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    // Seeds that are close to each other begin alike.
    for (let index = 0; index < 4; index++) this.random();
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /** True as often as `share` says, from 0 to 1. */
  chance(share: number): boolean {
    return this.random() < share;
  }

  /** One of these. */
  one<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.random() * items.length)] ?? items[0];
  }

  /** Draws of its own for a part, so that one more draw there moves nothing elsewhere. */
  fork(): Draw {
    return new Draw(Math.floor(this.random() * 2 ** 32));
  }
}
