import type { PartialOrder } from './partial-order.ts';

/** How long a step takes, in any one unit; more than 0. */
export type DurationOf = (id: string) => number;

/** When steps start and end if none waits for more than it must. */
export interface Timing {
  readonly start: ReadonlyMap<string, number>;
  readonly end: ReadonlyMap<string, number>;
  /** From the first start to the last end. */
  readonly span: number;
  /** Sum of the starts: of two plans with one span, the smaller one lets more begin early. */
  readonly delay: number;
}

/** Earliest times of some steps of an order, which have between any two of them also those that stand between. */
export function earliestTimes(nodes: readonly string[], order: PartialOrder, durationOf: DurationOf): Timing {
  const start = new Map<string, number>();
  const end = new Map<string, number>();
  let span = 0;
  let delay = 0;
  for (const node of nodes) {
    const begin = Math.max(0, ...(order.predecessors.get(node) ?? []).map((before) => end.get(before) ?? 0));
    start.set(node, begin);
    end.set(node, begin + durationOf(node));
    span = Math.max(span, begin + durationOf(node));
    delay += begin;
  }
  return { start, end, span, delay };
}
