import type { Unmark } from './personal.ts';
import type { DecisionRecord } from './record.ts';
import { rounded, type Summary, Tally } from './tally.ts';

/** The two versions of a split side by side. */
export interface SplitComparison {
  /** The version that steps ask. */
  readonly asked: string;
  readonly canary: string;
  readonly base: Summary;
  readonly canarySummary: Summary;
  /** How much likelier executions of the canary go well, with the interval that holds the truth 95 times of a hundred. */
  readonly difference?: { readonly successRate: number; readonly low: number; readonly high: number };
}

/** A version in the shadow beside the one that decides. */
export interface ShadowComparison {
  readonly version: string;
  readonly shadow: string;
  readonly compared: number;
  readonly differing: number;
  readonly failed: number;
  /** Some where they differ, the newest, without values that are marked as personal. */
  readonly examples: readonly Pick<DecisionRecord, 'id' | 'features' | 'chosen' | 'shadow'>[];
}

const MOST_EXAMPLES = 5;

/** Compares the sides of splits by the versions that they are of. */
export class Splits {
  readonly #splits = new Map<string, { readonly asked: string; canary: string; base: Tally; other: Tally }>();

  count(record: DecisionRecord): void {
    const { asked, version, side } = record;
    if (side === undefined) return;
    const known = this.#splits.get(asked) ?? { asked, canary: '', base: new Tally(), other: new Tally() };
    this.#splits.set(asked, known);
    // Read from the newest: of several canaries the last counts.
    if (side === 'canary' && known.canary === '') known.canary = version;
    if (side === 'base') known.base.count(record);
    else if (version === known.canary) known.other.count(record);
  }

  result(): readonly SplitComparison[] {
    return [...this.#splits.values()].map(({ asked, canary, base, other }) => {
      const [one, two] = [base.summary(), other.summary()];
      const difference = differenceOf(one, two);
      return {
        ...{ asked, canary, base: one, canarySummary: two },
        ...(difference === undefined ? {} : { difference }),
      };
    });
  }
}

/** For the normal quantile of 97.5 %. */
const Z = 1.96;

/**
 * Difference of two shares with its interval of Agresti and Caffo ("Simple and effective confidence intervals for proportions",
 * The American Statistician 54, 2000): one success and one failure are put to each side, which keeps small samples honest.
 */
export function differenceOf(base: Summary, canary: Summary): SplitComparison['difference'] {
  if (base.ended === 0 || canary.ended === 0) return undefined;
  const [one, two] = [base, canary].map(({ succeeded, ended }) => ({
    share: (succeeded + 1) / (ended + 2),
    total: ended + 2,
  }));
  if (one === undefined || two === undefined) return undefined;
  const spread =
    Z * Math.sqrt([one, two].reduce((sum, { share, total }) => sum + (share * (1 - share)) / total, 0));
  const middle = two.share - one.share;
  return {
    successRate: rounded(canary.succeeded / canary.ended - base.succeeded / base.ended),
    low: rounded(Math.max(-1, middle - spread)),
    high: rounded(Math.min(1, middle + spread)),
  };
}

/** Counts what versions in the shadow say otherwise. */
export class Shadows {
  readonly #shadows = new Map<string, Counted>();

  count(record: DecisionRecord): void {
    const { version, shadow } = record;
    if (shadow === undefined) return;
    const key = `${version} ${shadow.version}`;
    const known = this.#shadows.get(key) ?? {
      ...{ version, shadow: shadow.version, compared: 0, differing: 0, failed: 0, records: [] },
    };
    this.#shadows.set(key, known);
    known.compared++;
    if (shadow.error !== undefined) known.failed++;
    if (!shadow.differs) return;
    known.differing++;
    if (known.records.length < MOST_EXAMPLES) {
      known.records.push(record);
    }
  }

  /** What was counted, with examples that hold nothing personal. */
  result(unmark: Unmark): Promise<readonly ShadowComparison[]> {
    return Promise.all(
      [...this.#shadows.values()].map(async ({ records, ...counts }) => ({
        ...counts,
        examples: (await Promise.all(records.map(unmark))).map(exampleOf),
      })),
    );
  }
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

interface Counted extends Writable<Omit<ShadowComparison, 'examples'>> {
  readonly records: DecisionRecord[];
}

function exampleOf({ id, features, chosen, shadow }: DecisionRecord): ShadowComparison['examples'][number] {
  return {
    ...{ id, features },
    ...(chosen === undefined ? {} : { chosen }),
    ...(shadow === undefined ? {} : { shadow }),
  };
}
