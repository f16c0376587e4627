import type { RecordedRun } from '../operate/state-runs.ts';
import type { RunThread } from '../operate/threads.ts';

/** One run of a state, with what ran inside it. Times are ms since the Unix epoch. */
export interface Span {
  readonly recorded: RecordedRun;
  readonly from: number;
  readonly to: number;
  /** When something happened in it last, also where it was cut off later. */
  readonly lastAt: number;
  /** Its tries, one after the other; in each, branches or iterations side by side. Empty for a state that holds none. */
  readonly tries: readonly (readonly ThreadSpan[])[];
}

/** A branch, an iteration, or the machine itself: spans one after the other. */
export interface ThreadSpan {
  readonly spans: readonly Span[];
  readonly from: number;
  readonly to: number;
  readonly lastAt: number;
}

/** Puts threads into the blocks that they ran in. `until`: where what has not ended is cut off. */
export function nestThreads(threads: readonly RunThread[], until: number): ThreadSpan {
  const byBlock = Map.groupBy(threads, ({ block }) => block);
  const blocksOf = Map.groupBy(
    [...byBlock.keys()].filter((block) => block !== undefined),
    ({ state }) => state,
  );
  const threadSpan = ({ runs }: RunThread, end: number): ThreadSpan => {
    const spans = runs.map((one, at) => spanOf(one, runs[at + 1]?.enteredAt ?? end));
    return {
      spans,
      from: runs[0]?.enteredAt ?? end,
      to: spans.at(-1)?.to ?? end,
      lastAt: Math.max(0, ...spans.map(({ lastAt }) => lastAt)),
    };
  };
  const spanOf = (recorded: RecordedRun, end: number): Span => {
    const to = recorded.left === 'no' ? end : recorded.lastAt;
    const tries = (blocksOf.get(recorded.run) ?? []).map((block) =>
      (byBlock.get(block) ?? []).map((thread) => threadSpan(thread, to)),
    );
    const inside = tries.flat().map(({ lastAt }) => lastAt);
    return { recorded, from: recorded.enteredAt, to, lastAt: Math.max(recorded.lastAt, ...inside), tries };
  };
  const [root = { block: undefined, runs: [] }] = byBlock.get(undefined) ?? [];
  return threadSpan(root, until);
}
