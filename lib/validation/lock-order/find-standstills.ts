import { type Crowd, crowdsOf, Gathering, type Limits, type Standstill } from './standstill.ts';
import type { Wait } from './wait.ts';

/** More waits that differ are not put together; executions find out when they come to it. */
const MOST_WAITS = 6;
/** So many steps of the search are taken. */
const MOST_STEPS = 50_000;
/** More help nobody. */
const MOST_FOUND = 50;

/**
 * The ways in which waits can hold each other up, those of the fewest first: one for each set of pools, and workflows that take
 * part in it. A wait that gives up is part of none, but where it waits for what its own execution holds.
 */
export function findStandstills(all: readonly Wait[], limits: Limits): readonly Standstill[] {
  const known = all.filter(({ pool, held }) => limits.has(pool) && held.every((one) => limits.has(one.pool)));
  const search = new Search(limits);
  for (const wait of known) if (wait.givesUp) search.alone(wait);
  const crowds = crowdsOf(known.filter(({ givesUp }) => !givesUp)).map(searched);
  for (let most = 1; most <= MOST_WAITS; most++) for (const crowd of crowds) search.crowd(crowd, most);
  return search.found;
}

/** A crowd whose waits can be found by what they hold. */
interface SearchedCrowd extends Crowd {
  readonly holding: ReadonlyMap<string, readonly (readonly [number, Wait])[]>;
}

function searched(crowd: Crowd): SearchedCrowd {
  const holding = new Map<string, (readonly [number, Wait])[]>();
  for (const [index, wait] of crowd.waits.entries()) {
    for (const pool of new Set(wait.held.map((held) => held.pool))) {
      holding.set(pool, [...(holding.get(pool) ?? []), [index, wait]]);
    }
  }
  return { ...crowd, holding };
}

class Search {
  readonly found: Standstill[] = [];
  readonly #limits: Limits;
  readonly #seen = new Set<string>();
  #left = MOST_STEPS;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** A wait for what its own execution holds comes to nothing, whether it gives up or not. */
  alone(wait: Wait): void {
    const crowd = { waits: [wait], forks: 0, most: 1 };
    const gathering = new Gathering(crowd, this.#limits, new Map([[wait, 1]]));
    if (gathering.isPossible && gathering.served === undefined) this.#keep(gathering, crowd);
  }

  /** Each standstill is found from the first of its waits on. */
  crowd(crowd: SearchedCrowd, most: number): void {
    for (const [index, wait] of crowd.waits.entries()) {
      const gathering = new Gathering(crowd, this.#limits, new Map([[wait, 1]]));
      if (gathering.isPossible) this.#goOn(gathering, crowd, { first: index, most });
    }
  }

  #goOn(gathering: Gathering, crowd: SearchedCrowd, bounds: { first: number; most: number }): void {
    if (this.#left-- <= 0 || this.found.length >= MOST_FOUND) return;
    const { served } = gathering;
    if (served === undefined) {
      this.#keep(gathering, crowd);
      return;
    }
    for (const [index, wait] of crowd.holding.get(served.pool) ?? []) {
      const isNew = !gathering.counts.has(wait);
      if (index < bounds.first || (isNew && gathering.counts.size >= bounds.most)) continue;
      const more = gathering.with(wait, served);
      if (more?.isPossible === true) this.#goOn(more, crowd, bounds);
    }
  }

  #keep({ counts }: Gathering, { forks }: Crowd): void {
    const waits = [...counts.keys()];
    const key = [...new Set(waits.map(({ pool, place }) => `${pool} ${place.workflow.name}`))]
      .sort()
      .join(', ');
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const isAlone = waits.length === 1 && [...counts.values()][0] === 1;
    this.found.push({ waits, counts: [...counts.values()], isWithinOne: isAlone || forks > 0 });
  }
}
