import { type DurationOf, earliestTimes, type Timing } from './critical-path.ts';
import { consecutiveParts, independentParts, type PartialOrder } from './partial-order.ts';

/** A set of steps in two: all of `before` end before any of `after` starts. */
export interface Cut {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What a plan for some steps costs: the time from first to last, then how late steps start in all. */
interface Cost {
  readonly span: number;
  readonly delay: number;
}

/** Up to so many tangled steps, every cut is tried with all its consequences. */
const MAX_EXACT_NODES = 10;
/** Among more steps, so many cuts are tried, each by an estimate. */
const MAX_ESTIMATED_CUTS = 24;
/** Among very many, fewer, so that the work for one cut stays the same. */
const CUTS_TIMES_STEPS = 4_000;
const LEAST_CUTS = 6;

/**
 * The cut of a tangle (steps that neither fall apart nor fall into consecutive parts) that lengthens its critical path
 * least. A schedule of a tangle always begins with a cut: side by side, its parts would miss an order between them.
 */
export function cheapestCut(nodes: readonly string[], order: PartialOrder, durationOf: DurationOf): Cut {
  if (nodes.length <= MAX_EXACT_NODES) return exactSearch(order, durationOf)(nodes).cut;
  const whole = earliestTimes(nodes, order, durationOf);
  return cheapest(cutsByTime(nodes, whole), ({ before, after }) => [
    // What comes before a moment begins and ends as it did in the whole.
    costWithin(before, whole),
    earliestTimes(after, order, durationOf),
  ]).cut;
}

function costWithin(part: readonly string[], { start, end }: Timing): Cost {
  let [span, delay] = [0, 0];
  for (const node of part) {
    span = Math.max(span, end.get(node) ?? 0);
    delay += start.get(node) ?? 0;
  }
  return { span, delay };
}

interface Priced {
  readonly cut: Cut;
  readonly cost: Cost;
}

function cheapest(cuts: Iterable<Cut>, costsOf: (cut: Cut) => readonly [before: Cost, after: Cost]): Priced {
  let best: Priced | undefined;
  for (const cut of cuts) {
    const cost = consecutiveCost(costsOf(cut), [cut.before, cut.after]);
    if (best === undefined || isLess(cost, best.cost)) best = { cut, cost };
  }
  if (best === undefined) throw new Error('a tangle has at least one cut');
  return best;
}

function isLess(left: Cost, right: Cost): boolean {
  return left.span < right.span || (left.span === right.span && left.delay < right.delay);
}

/** Finds the best cut of a tangle by the true cost of both sides, each of which may hold tangles again. */
function exactSearch(order: PartialOrder, durationOf: DurationOf): (nodes: readonly string[]) => Priced {
  const known = new Map<string, Cost>();
  const costOf = (nodes: readonly string[]): Cost => {
    const key = nodes.join(' ');
    const cost = known.get(key) ?? freshCost(nodes);
    known.set(key, cost);
    return cost;
  };
  const freshCost = (nodes: readonly string[]): Cost => {
    if (nodes.length <= 1) return { span: nodes.map(durationOf)[0] ?? 0, delay: 0 };
    const sides = independentParts(nodes, order);
    if (sides.length > 1) return parallelCost(sides.map(costOf));
    const stretches = consecutiveParts(nodes, order);
    if (stretches.length > 1) return consecutiveCost(stretches.map(costOf), stretches);
    return search(nodes).cost;
  };
  const search = (nodes: readonly string[]): Priced =>
    cheapest(allCuts(nodes, order), ({ before, after }) => [costOf(before), costOf(after)]);
  return search;
}

function parallelCost(costs: readonly Cost[]): Cost {
  return {
    span: Math.max(...costs.map(({ span }) => span)),
    delay: costs.reduce((sum, { delay }) => sum + delay, 0),
  };
}

function consecutiveCost(costs: readonly Cost[], parts: readonly (readonly string[])[]): Cost {
  let span = 0;
  let delay = 0;
  costs.forEach((cost, index) => {
    delay += cost.delay + (parts[index]?.length ?? 0) * span;
    span += cost.span;
  });
  return { span, delay };
}

/** Every cut: a step comes before only with all that precede it. Sets of steps are bits of a number. */
function* allCuts(nodes: readonly string[], order: PartialOrder): Generator<Cut> {
  const bitsOf = (holds: (node: string) => boolean): number =>
    nodes.reduce((bits, node, index) => (holds(node) ? bits | (1 << index) : bits), 0);
  const preceding = nodes.map((node) => bitsOf((other) => order.precedes(other, node)));
  for (let chosen = 1; chosen < 2 ** nodes.length - 1; chosen++) {
    const isChosen = (_: string, index: number): boolean => ((chosen >> index) & 1) === 1;
    if (preceding.some((needed, index) => isChosen('', index) && (needed & ~chosen) !== 0)) continue;
    yield { before: nodes.filter(isChosen), after: nodes.filter((node, index) => !isChosen(node, index)) };
  }
}

/**
 * Cuts at moments: before is what could have ended by then. The more steps there are, the fewer cuts are tried. Those in the
 * middle come first, as of equal cuts the first is taken, and halves are done with sooner than pieces of an end.
 */
function* cutsByTime(nodes: readonly string[], { end }: Timing): Generator<Cut> {
  const moments = [...new Set(end.values())].toSorted((a, b) => a - b).slice(0, -1);
  const most = Math.max(
    LEAST_CUTS,
    Math.min(MAX_ESTIMATED_CUTS, Math.floor(CUTS_TIMES_STEPS / nodes.length)),
  );
  const stride = Math.ceil(moments.length / most);
  const fromMiddle = (index: number): number => Math.abs(index - moments.length / 2);
  const tried = [...moments.entries()].filter(([index]) => index % stride === 0);
  for (const [, moment] of tried.toSorted(([a], [b]) => fromMiddle(a) - fromMiddle(b))) {
    const isOver = (node: string): boolean => (end.get(node) ?? 0) <= moment;
    yield { before: nodes.filter(isOver), after: nodes.filter((node) => !isOver(node)) };
  }
}
