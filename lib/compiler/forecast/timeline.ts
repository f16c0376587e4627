import type { Step } from '#definition/model.ts';
import { type NestedList, nestedLists } from '#definition/nested-lists.ts';
import { earliestTimes } from '../critical-path.ts';
import { countOf, durationOf, type Estimates, idealDurations, idealSpan } from '../durations.ts';
import { graphOf, isSequence } from '../graph.ts';
import type { Layout, Part } from '../layout.ts';
import { partialOrderOf } from '../partial-order.ts';
import { roundsOf, waveSizes } from '../waves-of-items.ts';

/** When a step runs, in ms from the start; of what runs more than once, its first run. */
export interface StepTime {
  readonly startMs: number;
  readonly durationMs: number;
  /** How much longer each run of it may take without the whole taking longer. */
  readonly slackMs: number;
  /** How long it waits for steps that it does not need, because States Language cannot say its order alone. */
  readonly addedWaitMs: number;
  readonly isCritical: boolean;
  /** How often it runs. */
  readonly runs: number;
}

/** When the steps of a workflow run, if nothing fails and every condition holds. */
export interface Timeline {
  /** By step; steps that run only after a failure are not in it. */
  readonly steps: ReadonlyMap<string, StepTime>;
  readonly totalMs: number;
  /** The same, if no step waited for what it does not need. */
  readonly idealMs: number;
}

/** The timeline of a workflow as it is laid out. */
export function timelineOf(steps: readonly Step[], layout: Layout, estimates: Estimates): Timeline {
  const spans = new Spans(layout, estimates);
  const times = new Map<string, StepTime>();
  const placing: Placing = { layout, spans, estimates, times };
  placeList(steps, { startMs: 0, slackMs: 0, isCritical: true, runs: 1 }, placing);
  const ideal = idealDurations(steps, estimates);
  return {
    steps: times,
    totalMs: spans.ofList(steps),
    idealMs: idealSpan(steps, (id) => ideal.get(id) ?? 0),
  };
}

/** How long steps and lists of them take as they are laid out, each reckoned once. */
class Spans {
  readonly #layout: Layout;
  readonly #estimates: Estimates;
  readonly #durations = new Map<string, number>();

  constructor(layout: Layout, estimates: Estimates) {
    this.#layout = layout;
    this.#estimates = estimates;
  }

  ofStep(step: Step): number {
    const known = this.#durations.get(step.id);
    if (known !== undefined) return known;
    const duration = durationOf(step, this.#estimates, (list) => this.ofList(list));
    this.#durations.set(step.id, duration);
    return duration;
  }

  ofList(steps: readonly Step[]): number {
    return steps.length === 0 ? 0 : this.ofParts(this.#layout.partsOf(steps));
  }

  ofParts(parts: readonly Part[]): number {
    return parts.reduce((sum, part) => sum + this.ofPart(part), 0);
  }

  ofPart(part: Part): number {
    if (part.kind === 'step') return this.ofStep(part.step);
    return Math.max(...part.sides.map((side) => this.ofParts(side)));
  }
}

interface Placing {
  readonly layout: Layout;
  readonly spans: Spans;
  readonly estimates: Estimates;
  readonly times: Map<string, StepTime>;
}

/** Where a list begins, and what is left to it. */
interface Spot {
  readonly startMs: number;
  readonly slackMs: number;
  readonly isCritical: boolean;
  readonly runs: number;
}

function placeList(steps: readonly Step[], spot: Spot, placing: Placing): void {
  if (steps.length === 0) return;
  placeParts(placing.layout.partsOf(steps), spot, placing);
  if (isSequence(steps)) return;
  const order = partialOrderOf(graphOf(steps));
  const { start } = earliestTimes(order.nodes, order, (id) => placing.times.get(id)?.durationMs ?? 0);
  for (const { id } of steps) {
    const time = placing.times.get(id);
    if (time === undefined) continue;
    placing.times.set(id, { ...time, addedWaitMs: time.startMs - spot.startMs - (start.get(id) ?? 0) });
  }
}

function placeParts(parts: readonly Part[], spot: Spot, placing: Placing): void {
  let { startMs } = spot;
  for (const part of parts) {
    const here = { ...spot, startMs };
    if (part.kind === 'step') placeStep(part.step, here, placing);
    else {
      const sides = part.sides.map((side) => ({ side, span: placing.spans.ofParts(side) }));
      for (const { side, spot: own } of sideBySide(sides, here)) placeParts(side, own, placing);
    }
    startMs += placing.spans.ofPart(part);
  }
}

/** The longest of what runs side by side, the first of several, is critical; the others have time to spare. */
function sideBySide<Side extends { readonly span: number }>(
  sides: readonly Side[],
  spot: Spot,
): readonly (Side & { readonly spot: Spot })[] {
  const longest = Math.max(0, ...sides.map(({ span }) => span));
  const critical = sides.findIndex(({ span }) => span === longest);
  return sides.map((side, index) => ({
    ...side,
    spot: {
      ...spot,
      slackMs: spot.slackMs + longest - side.span,
      isCritical: spot.isCritical && index === critical,
    },
  }));
}

function placeStep(step: Step, spot: Spot, placing: Placing): void {
  const { startMs, slackMs, isCritical, runs } = spot;
  const durationMs = placing.spans.ofStep(step);
  placing.times.set(step.id, { startMs, durationMs, slackMs, isCritical, runs, addedWaitMs: 0 });
  const lists = nestedLists(step).filter(({ kind }) => kind !== 'catch');
  const sides = lists.map((list) => ({ list, span: placing.spans.ofList(list.steps) }));
  const spots = step.kind === 'forEach' ? sides.map((side) => ({ ...side, spot })) : sideBySide(sides, spot);
  for (const { list, spot: own } of spots)
    placeList(list.steps, repeated(own, { step, list }, placing), placing);
}

/** The spot of the first run of a list that runs more than once: what there is to spare is shared by all its runs. */
function repeated(
  spot: Spot,
  { step, list }: { readonly step: Step; readonly list: NestedList },
  { spans, estimates }: Placing,
): Spot {
  const items = countOf(step, estimates.counts);
  if (step.kind === 'while')
    return { ...spot, slackMs: spot.slackMs / Math.max(1, items), runs: spot.runs * items };
  if (step.kind !== 'forEach') return spot;
  const rounds = Math.max(1, roundsOf(step, items));
  if (list.kind === 'iteration') return { ...spot, slackMs: spot.slackMs / rounds, runs: spot.runs * items };
  const sizes = waveSizes(step, items);
  const pauses = Math.max(0, sizes.length - 1);
  const first = roundsOf({ ...step, waves: undefined }, sizes[0] ?? 0) * spans.ofList(step.steps);
  return {
    ...spot,
    startMs: spot.startMs + first + (step.waves?.soakMs ?? 0),
    slackMs: spot.slackMs / Math.max(1, pauses),
    runs: spot.runs * pauses,
  };
}
