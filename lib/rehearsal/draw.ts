import { type Random, seededRandom } from '#core/random.ts';

/** Draws from one seed: the same seed gives the same draws. */
export class Draw {
  readonly random: Random;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.random = seededRandom(seed);
    // Seeds that are close to each other begin alike.
    for (let index = 0; index < 4; index++) this.random();
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /** True as often as `share` says, from 0 to 1; where it is 0, nothing is drawn. */
  chance(share: number): boolean {
    return share > 0 && this.random() < share;
  }

  /** Draws of its own for a part of this name, which stay the same whatever else is drawn. FNV-1a, 32 bits. */
  fork(name: string): Draw {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(`${this.#seed}:${name}`)) hash = Math.imul(hash ^ byte, 0x01000193);
    return new Draw(hash >>> 0);
  }
}
