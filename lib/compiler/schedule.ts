import { cheapestCut } from './cheapest-cut.ts';
import type { DurationOf } from './critical-path.ts';
import type { Graph } from './graph.ts';
import { consecutiveParts, independentParts, type PartialOrder, partialOrderOf } from './partial-order.ts';

/** Steps one after the other and side by side: all that States Language can say of an order. */
export type Schedule =
  | { readonly kind: 'step'; readonly id: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Schedule[] }
  | { readonly kind: 'parallel'; readonly parts: readonly Schedule[] };

const UNIT: DurationOf = () => 1;

/**
 * A schedule in which each step of the graph starts after all it waits for. Where the graph is series-parallel, no step
 * waits for anything else; where it is not, synchronisation is added so that the critical path grows least (exact for
 * small tangles, an estimate for large ones).
 */
export function scheduleOf(graph: Graph, durationOf: DurationOf = UNIT): Schedule {
  const order = partialOrderOf(graph);
  return scheduled(order.nodes, order, durationOf);
}

function scheduled(nodes: readonly string[], order: PartialOrder, durationOf: DurationOf): Schedule {
  const [first = ''] = nodes;
  if (nodes.length === 1) return { kind: 'step', id: first };
  const within = (part: readonly string[]): Schedule => scheduled(part, order, durationOf);
  const sides = independentParts(nodes, order);
  if (sides.length > 1) return { kind: 'parallel', parts: sides.map(within) };
  const stretches = consecutiveParts(nodes, order);
  if (stretches.length > 1) return { kind: 'sequence', parts: stretches.map(within) };
  const { before, after } = cheapestCut(nodes, order, durationOf);
  return { kind: 'sequence', parts: [before, after].map(within).flatMap(unnested) };
}

function unnested(schedule: Schedule): readonly Schedule[] {
  return schedule.kind === 'sequence' ? schedule.parts : [schedule];
}
