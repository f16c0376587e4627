import { rounded } from './tally.ts';

/** One choice of which it is known how it went. */
export interface Trial {
  /** What was alike: choices are compared only with others of the same context. */
  readonly context: string;
  readonly arm: string;
  /** The arms that could have been chosen; undefined: any that was chosen in the context. */
  readonly options?: readonly string[];
  readonly success: boolean;
}

/** How much better it could have gone. */
export interface Regret {
  /** Mean, over the choices that are covered, of how much likelier the best alternative would have gone well. */
  readonly perChoice: number;
  /** Choices that could be compared with another of which enough is known, and all. */
  readonly covered: number;
  readonly choices: number;
}

/** An arm is known when it was chosen so often in a context. */
const LEAST_KNOWN = 5;
/** So many choices of the mean of its context are put to those of an arm. */
const PRIOR = 2;
/** Pairs of context and arm that are told apart. */
const MOST_ARMS = 20_000;

interface Arm {
  chosen: number;
  succeeded: number;
}

/**
 * Estimates regret in hindsight by the stratified direct method: within a context, the chance of success of an arm is its share
 * of successes, drawn towards the mean of the context; the regret of a choice is how far that of its arm is below that of the
 * best arm which could have been chosen. (The direct method of Dudík, Langford and Li, "Doubly robust policy evaluation and
 * learning", ICML 2011, with strata as its model.)
 *
 * What it cannot know: an arm that was rarely or never chosen in a context counts as no alternative, so that a policy which never
 * tries anything has no regret, and `covered` tells of how many choices it speaks at all. What differs within a context is not
 * accounted for. The best of several estimates is on average too high; drawing them together lessens that.
 */
export class RegretEstimate {
  readonly #contexts = new Map<string, Map<string, Arm>>();
  /** How often an arm was chosen beside which options. */
  readonly #choices = new Map<string, Map<string, { readonly options: readonly string[]; count: number }>>();
  #arms = 0;
  #total = 0;

  count({ context, arm, options, success }: Trial): void {
    this.#total++;
    const arms = entryOf(this.#contexts, context, () => new Map<string, Arm>());
    const known = arms.get(arm);
    if (known === undefined && this.#arms >= MOST_ARMS) return;
    if (known === undefined) this.#arms++;
    const counts = known ?? { chosen: 0, succeeded: 0 };
    arms.set(arm, counts);
    counts.chosen++;
    if (success) counts.succeeded++;
    if (options === undefined) return;
    const sets = entryOf(this.#choices, `${context}\n${arm}`, () => new Map());
    entryOf(sets, options.join('\n'), () => ({ options, count: 0 })).count++;
  }

  /** Undefined where no choice can be compared with any other. */
  result(): Regret | undefined {
    let covered = 0;
    let sum = 0;
    for (const [context, arms] of this.#contexts) {
      const chances = chancesOf(arms);
      for (const [arm, chance] of chances) {
        for (const { options, count } of this.#optionsOf(context, arm, arms)) {
          const others = options.flatMap((option) => (option === arm ? [] : (chances.get(option) ?? [])));
          if (others.length === 0) continue;
          covered += count;
          sum += count * Math.max(0, Math.max(...others) - chance);
        }
      }
    }
    if (covered === 0) return undefined;
    return { perChoice: rounded(sum / covered), covered, choices: this.#total };
  }

  #optionsOf(context: string, arm: string, arms: ReadonlyMap<string, Arm>) {
    const told = this.#choices.get(`${context}\n${arm}`);
    return told?.values() ?? [{ options: [...arms.keys()], count: arms.get(arm)?.chosen ?? 0 }];
  }
}

function chancesOf(arms: ReadonlyMap<string, Arm>): ReadonlyMap<string, number> {
  const all = [...arms.values()];
  const mean = sumOf(all, ({ succeeded }) => succeeded) / sumOf(all, ({ chosen }) => chosen);
  return new Map(
    [...arms].flatMap(([name, { chosen, succeeded }]) =>
      chosen < LEAST_KNOWN ? [] : [[name, (succeeded + PRIOR * mean) / (chosen + PRIOR)] as const],
    ),
  );
}

function sumOf(arms: readonly Arm[], count: (arm: Arm) => number): number {
  return arms.reduce((sum, arm) => sum + count(arm), 0);
}

function entryOf<Value>(map: Map<string, Value>, key: string, begin: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const begun = begin();
  map.set(key, begun);
  return begun;
}
