import type { BlockRun } from '../history-walk.ts';
import type { MachineState } from './machine-states.ts';
import type { RecordedRun } from './state-runs.ts';

/** The machine itself, a branch, or an iteration: states that run one after the other. */
export interface RunThread {
  /** The try of the block that it is in; undefined for the machine itself. */
  readonly block: BlockRun | undefined;
  /** In order. */
  readonly runs: readonly RecordedRun[];
}

/** The runs of states by what they run in. The names of states tell branches apart, which the history does not. */
export function threadsOf(
  runs: readonly RecordedRun[],
  states: ReadonlyMap<string, MachineState>,
): readonly RunThread[] {
  const threads = new Map<BlockRun | undefined, Map<string, RecordedRun[]>>();
  for (const one of runs) {
    const { block, indices, name } = one.run;
    const ofBlock = threads.get(block) ?? new Map<string, RecordedRun[]>();
    threads.set(block, ofBlock);
    const key = `${indices.join('.')} ${states.get(name)?.inside ?? ''}`;
    const known = ofBlock.get(key);
    if (known === undefined) ofBlock.set(key, [one]);
    else known.push(one);
  }
  return [...threads].flatMap(([block, ofBlock]) =>
    [...ofBlock.values()].map((own) => ({ block, runs: own })),
  );
}
