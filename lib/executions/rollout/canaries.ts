import type { CanaryChoice, ChosenCanary } from '#compiler/rollout-payload.ts';
import type { Json } from '#core/json.ts';

/** An item that may become a canary: its number, its device, and its values of the fields that are to be covered. */
export interface Candidate {
  readonly item: number;
  readonly device: string;
  readonly kind: Readonly<Record<string, Json>>;
}

/** Those that are chosen, by number, and why. */
export interface Canaries extends CanaryChoice {
  readonly items: readonly number[];
}

/** Items that are alike in every field; the first of them stands for all. */
interface Kind {
  readonly first: Candidate;
  /** Such as `zone=berlin`. */
  readonly values: readonly string[];
  readonly size: number;
}

/**
 * Chooses one item of each kind, at most `max`. Each time the one whose values cover the most that no other has covered
 * yet (greedy set cover), of equals the one of the most frequent kind, then the first. Once every value is covered, kinds
 * follow by how many items they have. The same items always give the same choice.
 */
export function chooseCanaries(candidates: readonly Candidate[], max: number = candidates.length): Canaries {
  const kinds = kindsOf(candidates);
  const left = new Set(kinds);
  const covered = new Set<string>();
  const chosen: (ChosenCanary & { readonly item: number })[] = [];
  const take = (kind: Kind): void => {
    const covers = kind.values.filter((value) => !covered.has(value));
    for (const value of covers) covered.add(value);
    left.delete(kind);
    const { item, device } = kind.first;
    chosen.push({ item, device, covers, standsFor: kind.size });
  };
  while (chosen.length < max) {
    const best = mostUncovered(left, covered);
    if (best === undefined) break;
    take(best);
  }
  for (const kind of [...left].slice(0, Math.max(0, max - chosen.length))) take(kind);
  return {
    items: chosen.map(({ item }) => item),
    chosen: chosen.map(({ item: _item, ...why }) => why),
    kinds: kinds.length,
    covered: chosen.length,
  };
}

/** The most frequent first; of equals, in the order of the items. */
function kindsOf(candidates: readonly Candidate[]): readonly Kind[] {
  const groups = Map.groupBy(candidates, ({ kind }) => JSON.stringify(valuesOf(kind)));
  const kinds = [...groups.values()].flatMap((group): Kind[] => {
    const [first] = group;
    return first === undefined ? [] : [{ first, values: valuesOf(first.kind), size: group.length }];
  });
  return kinds.toSorted((one, other) => other.size - one.size || one.first.item - other.first.item);
}

function valuesOf(kind: Candidate['kind']): readonly string[] {
  return Object.keys(kind)
    .sort()
    .map((field) => `${field}=${wordOf(kind[field])}`);
}

function wordOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** Undefined once nothing new is to be covered. */
function mostUncovered(kinds: Iterable<Kind>, covered: ReadonlySet<string>): Kind | undefined {
  let best: { readonly kind: Kind; readonly gain: number } | undefined;
  for (const kind of kinds) {
    const gain = kind.values.filter((value) => !covered.has(value)).length;
    if (gain > (best?.gain ?? 0)) best = { kind, gain };
  }
  return best?.kind;
}
