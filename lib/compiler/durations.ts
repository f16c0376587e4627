import { parseRate } from '#core/rate.ts';
import type { ForEachStep } from '#definition/block-steps.ts';
import type { Step } from '#definition/model.ts';
import { type DurationOf, earliestTimes } from './critical-path.ts';
import { graphOf, isSequence } from './graph.ts';
import { partialOrderOf } from './partial-order.ts';
import { roundsOf, waveSizes } from './waves-of-items.ts';

/** What is known or assumed of how long a workflow's steps take, and how often they run; by step. */
export interface Estimates {
  /** Measured times in ms. Only those of steps that hold no others count: the rest follows from them. */
  readonly profile: ReadonlyMap<string, number>;
  /** Items of each forEach, iterations of each while. */
  readonly counts: ReadonlyMap<string, number>;
  /** Steps whose decisions have become Choice states. */
  readonly inlined?: ReadonlySet<string>;
}

/** Where a duration comes from; `composed` from the steps inside. */
export type DurationSource = 'measured' | 'declared' | 'assumed' | 'composed';

/** A count where nothing says more. */
export const DEFAULT_COUNT = 10;

/** The kinds of step that hold no others. */
type LeafKind = Exclude<Step['kind'], 'choose' | 'parallel' | 'forEach' | 'while' | 'lock'>;

/** How long a step takes where nobody has measured it, in ms. Never 0: what takes no time at all has no order. */
const ASSUMED_MS: Readonly<Record<LeafKind, number>> = {
  command: 2_000,
  devices: 200,
  wait: 60_000,
  event: 60_000,
  approve: 600_000,
  workflow: 60_000,
  decide: 100,
  http: 500,
  notify: 200,
  asl: 200,
  set: 10,
  succeed: 10,
  fail: 10,
};

function assumedMs(
  { id, kind }: { readonly id: string; readonly kind: LeafKind },
  { inlined }: Estimates,
): number {
  return ASSUMED_MS[inlined?.has(id) === true ? 'set' : kind];
}

/** The span of a list of steps in ms; how it is arranged is for the caller to say. */
export type SpanOf = (steps: readonly Step[]) => number;

/** How long a step takes in ms, in a run in which nothing fails and every condition holds. */
export function durationOf(step: Step, estimates: Estimates, spanOf: SpanOf): number {
  const { profile, counts } = estimates;
  switch (step.kind) {
    case 'choose':
      return longest(step.branches.map(({ steps }) => spanOf(steps)));
    case 'parallel':
      return longest(Object.values(step.branches).map(spanOf));
    case 'lock':
      return spanOf(step.steps);
    case 'while':
      return countOf(step, counts) * spanOf(step.steps);
    case 'forEach':
      return forEachDuration(step, countOf(step, counts), spanOf);
    default:
      return Math.max(1, profile.get(step.id) ?? declaredMs(step) ?? assumedMs(step, estimates));
  }
}

/** Where the duration of a step comes from. */
export function durationSource(step: Step, { profile }: Estimates): DurationSource {
  switch (step.kind) {
    case 'choose':
    case 'parallel':
    case 'lock':
    case 'while':
    case 'forEach':
      return 'composed';
    default:
      if (profile.has(step.id)) return 'measured';
      return declaredMs(step) === undefined ? 'assumed' : 'declared';
  }
}

/** Items of a forEach or iterations of a while. */
export function countOf({ id }: Pick<Step, 'id'>, counts: Estimates['counts']): number {
  return counts.get(id) ?? DEFAULT_COUNT;
}

/** How long each step takes if every step starts as soon as what it needs has ended; by step, in ms. */
export function idealDurations(steps: readonly Step[], estimates: Estimates): ReadonlyMap<string, number> {
  const durations = new Map<string, number>();
  const spanOf: SpanOf = (list) => {
    for (const step of list) durations.set(step.id, durationOf(step, estimates, spanOf));
    return idealSpan(list, (id) => durations.get(id) ?? 0);
  };
  spanOf(steps);
  return durations;
}

/** From the first start to the last end of a list's steps, if each starts as soon as what it needs has ended. */
export function idealSpan(steps: readonly Step[], durationOfStep: DurationOf): number {
  if (isSequence(steps)) return steps.reduce((sum, { id }) => sum + durationOfStep(id), 0);
  const order = partialOrderOf(graphOf(steps));
  return earliestTimes(order.nodes, order, durationOfStep).span;
}

function declaredMs(step: Step): number | undefined {
  return step.kind === 'wait' && 'ms' in step.wait ? step.wait.ms : undefined;
}

function forEachDuration(step: ForEachStep, items: number, spanOf: SpanOf): number {
  const pauses = Math.max(0, waveSizes(step, items).length - 1);
  const between = step.waves === undefined ? 0 : step.waves.soakMs + spanOf(step.waves.between);
  const work = Math.max(roundsOf(step, items) * spanOf(step.steps), pacedMs(step, items));
  return work + pauses * between + (step.watch?.forMs ?? 0);
}

/** How long it takes until the last of the items may begin, where their rate is known. */
function pacedMs({ rate }: ForEachStep, items: number): number {
  return (rate === undefined ? 0 : (parseRate(rate) ?? 0)) * Math.max(0, items - 1);
}

function longest(spans: readonly number[]): number {
  return Math.max(0, ...spans);
}
