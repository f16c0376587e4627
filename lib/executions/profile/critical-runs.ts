import type { StateRun } from '../history-walk.ts';
import type { Span, ThreadSpan } from './spans.ts';

/** What a run of a state meant for how long the whole took. */
export interface MarkedSpan {
  readonly span: Span;
  readonly slackMs: number;
  readonly isCritical: boolean;
  /** The first free one of those in which branches and iterations ran side by side. */
  readonly lane: number;
}

/**
 * Which runs the whole waited for. What runs one after the other waits each for the one before. A block waits for the branch
 * that ends last; an iteration that could not begin with its block, for the one whose end let it in.
 */
export function criticalRuns(root: ThreadSpan): ReadonlyMap<StateRun, MarkedSpan> {
  const marked = new Map<StateRun, MarkedSpan>();
  const lanes = new Lanes();
  const markThread = (thread: ThreadSpan, at: Standing): void => {
    const lane = lanes.take(thread);
    for (const span of thread.spans) {
      marked.set(span.recorded.run, { span, lane, ...at });
      for (const [index, threads] of span.tries.entries()) {
        const next = span.tries[index + 1];
        const end = next === undefined ? span.to : earliest(next);
        for (const [own, standing] of standings(threads, { end, around: at })) markThread(own, standing);
      }
    }
  };
  markThread(root, { slackMs: 0, isCritical: true });
  return marked;
}

interface Standing {
  readonly slackMs: number;
  readonly isCritical: boolean;
}

interface Ending {
  /** When the block went on, or was tried again. */
  readonly end: number;
  readonly around: Standing;
}

function standings(
  threads: readonly ThreadSpan[],
  { end, around }: Ending,
): readonly (readonly [ThreadSpan, Standing])[] {
  const critical = criticalThreads(threads);
  const slack = new Map<ThreadSpan, number>();
  const byStart = threads.toSorted((one, other) => other.from - one.from);
  for (const thread of byStart) {
    const laterOnes = byStart.filter(({ from }) => from >= thread.to && from > earliest(threads));
    const follower = laterOnes.at(-1);
    const untilEnd = Math.max(0, end - thread.lastAt) + around.slackMs;
    const untilNext =
      follower === undefined ? untilEnd : follower.from - thread.to + (slack.get(follower) ?? untilEnd);
    slack.set(thread, Math.min(untilEnd, untilNext));
  }
  return threads.map((thread) => {
    const isCritical = around.isCritical && critical.has(thread);
    return [thread, { isCritical, slackMs: isCritical ? 0 : (slack.get(thread) ?? 0) }];
  });
}

/** From the thread that ended last back to one that began with its block. */
function criticalThreads(threads: readonly ThreadSpan[]): ReadonlySet<ThreadSpan> {
  const found = new Set<ThreadSpan>();
  const start = earliest(threads);
  let current = latest(threads);
  while (current !== undefined && !found.has(current)) {
    found.add(current);
    const { from } = current;
    current = from > start ? latest(threads.filter((thread) => thread.to <= from)) : undefined;
  }
  return found;
}

function latest(threads: readonly ThreadSpan[]): ThreadSpan | undefined {
  return threads.toSorted((one, other) => one.lastAt - other.lastAt).at(-1);
}

function earliest(threads: readonly ThreadSpan[]): number {
  return Math.min(...threads.map(({ from }) => from));
}

/** Gives each thread the first lane in which nothing else runs meanwhile. */
class Lanes {
  readonly #lanes: { readonly from: number; readonly to: number }[][] = [];

  take({ from, to }: ThreadSpan): number {
    const free = this.#lanes.findIndex((taken) => taken.every((one) => one.to <= from || to <= one.from));
    const lane = free < 0 ? this.#lanes.length : free;
    this.#lanes[lane] = [...(this.#lanes[lane] ?? []), { from, to }];
    return lane;
  }
}
