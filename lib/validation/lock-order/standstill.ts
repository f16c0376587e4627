import type { Wait } from './wait.ts';

/** Units by pool. */
export type Limits = ReadonlyMap<string, number>;

/** Waits that may be there at once. */
export interface Crowd {
  readonly waits: readonly Wait[];
  /** So many forks are around all of them, in one execution; 0: they are of executions of their own. */
  readonly forks: number;
  /** How many there are at once, at most. */
  readonly most: number;
}

/** Waits that hold each other up for ever. */
export interface Standstill {
  readonly waits: readonly Wait[];
  /** How often each of them is there. */
  readonly counts: readonly number[];
  /** Whether they are all of one execution. */
  readonly isWithinOne: boolean;
}

/** The waits of all executions; and those of one execution, for each fork around which it holds something for all of them. */
export function crowdsOf(waits: readonly Wait[]): readonly Crowd[] {
  const inOne = new Map<string, { readonly forks: number; readonly most: number; readonly waits: Wait[] }>();
  for (const wait of waits) {
    for (const [depth, { id, most }] of wait.forks.entries()) {
      if (!wait.held.some((held) => held.depth <= depth)) continue;
      const crowd = inOne.get(id) ?? { forks: depth + 1, most, waits: [] };
      crowd.waits.push(wait);
      inOne.set(id, crowd);
    }
  }
  return [{ waits, forks: 0, most: Number.POSITIVE_INFINITY }, ...inOne.values()];
}

/** Some waits of a crowd, each so often, with what they hold together. */
export class Gathering {
  readonly #crowd: Crowd;
  readonly #limits: Limits;
  readonly counts: ReadonlyMap<Wait, number>;
  readonly #used = new Map<string, number>();

  constructor(crowd: Crowd, limits: Limits, counts: ReadonlyMap<Wait, number>) {
    this.#crowd = crowd;
    this.#limits = limits;
    this.counts = counts;
    const [first] = counts.keys();
    for (const [wait, count] of counts) {
      for (const { pool, units, depth } of wait.held) {
        // What is held around the fork is held once.
        const times = depth < crowd.forks ? Number(wait === first) : count;
        this.#used.set(pool, (this.#used.get(pool) ?? 0) + units * times);
      }
    }
  }

  /** Whether no more is held than there is, by no more at once than there can be. */
  get isPossible(): boolean {
    const total = [...this.counts.values()].reduce((sum, count) => sum + count, 0);
    return total <= this.#crowd.most && [...this.#used.keys()].every((pool) => this.#left(pool) >= 0);
  }

  /** The first that would get what it waits for. */
  get served(): Wait | undefined {
    return [...this.counts.keys()].find(({ pool, units }) => units <= this.#left(pool));
  }

  /** With as many more of a wait as leave too little for another one, or as can be; undefined where there can be none. */
  with(wait: Wait, { pool, units }: Wait): Gathering | undefined {
    const own = ownUnits(wait, pool, this.#crowd.forks);
    if (own === 0 || ![...this.counts.keys()].every((other) => this.#canBeBeside(wait, other)))
      return undefined;
    const wanted = Math.ceil((this.#left(pool) - units + 1) / own);
    const more = Math.min(wanted, this.#mostMore(wait));
    if (more < 1) return undefined;
    const count = (this.counts.get(wait) ?? 0) + more;
    return new Gathering(this.#crowd, this.#limits, new Map([...this.counts, [wait, count]]));
  }

  #left(pool: string): number {
    return (this.#limits.get(pool) ?? 0) - (this.#used.get(pool) ?? 0);
  }

  #mostMore(wait: Wait): number {
    const { forks } = this.#crowd;
    const pools = wait.held.filter(({ depth }) => depth >= forks).map(({ pool }) => pool);
    const room = pools.map((pool) => Math.floor(this.#left(pool) / ownUnits(wait, pool, forks)));
    const runs = forks === 0 ? Number.POSITIVE_INFINITY : mostRuns(wait, forks - 1);
    return Math.min(...room, runs - (this.counts.get(wait) ?? 0));
  }

  /** Whether two waits need not be in the same branch, or in branches of which one follows the other. */
  #canBeBeside(wait: Wait, other: Wait): boolean {
    const { forks } = this.#crowd;
    const fork = wait.forks[forks - 1];
    if (wait === other || fork?.branch === undefined) return true;
    return fork.isBeside(other.forks[forks - 1]?.branch ?? '');
  }
}

/** How often a wait is there at once below a fork. */
function mostRuns({ forks }: Wait, depth: number): number {
  return forks
    .slice(depth)
    .reduce((product, { branch, most }) => (branch === undefined ? product * most : product), 1);
}

/** Units of a pool that each run of a wait holds for itself. */
function ownUnits({ held }: Wait, pool: string, forks: number): number {
  const own = held.filter((one) => one.pool === pool && one.depth >= forks);
  return own.reduce((sum, { units }) => sum + units, 0);
}
