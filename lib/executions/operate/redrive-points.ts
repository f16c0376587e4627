import * as z from 'zod';
import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import { isJsonObject } from '#core/json.ts';
import type { ChildRewind } from '#engine/engine.ts';
import { type MachineState, statesOf } from './machine-states.ts';
import type { RecordedRun } from './state-runs.ts';
import { threadsOf } from './threads.ts';

/** An iteration that failed for good, and was counted against what its forEach tolerates. */
export interface CountedIteration {
  /** Path of the forEach. */
  readonly path: string;
  /** Path of the iteration. */
  readonly iteration: string;
}

/** Where a redrive begins, besides at the states that were not left. */
export interface RedrivePoints {
  /** Ids of the events by which states were entered that run again from their beginning. */
  readonly rewindTo: readonly number[];
  /** The same of child executions of distributed Maps. */
  readonly children: readonly ChildRewind[];
  /** Iterations that run again, and so do not count as failed any more. */
  readonly uncounted: readonly CountedIteration[];
}

/**
 * A step that fails may lead on to states of ours before the execution fails: units are given back, a block whose time is up
 * ends in a Fail state, a failed iteration is undone and counted, the failure of a child execution is told. To go on from there would only fail again, so the redrive
 * begins at the step.
 *
 * @param skipped the run of a step that is left with a result of an operator's: its branch goes on from there.
 */
export function redrivePoints(
  compiled: CompiledWorkflow,
  runs: readonly RecordedRun[],
  skipped?: RecordedRun,
): RedrivePoints {
  const states = statesOf(compiled.definition);
  const rewound: RecordedRun[] = [];
  // A distributed Map whose failure was told goes on with its run.
  const goOn = new Set<RecordedRun>();
  const uncounted: CountedIteration[] = [];
  for (const { runs: thread } of threadsOf(runs, states)) {
    const last = thread.at(-1);
    if (skipped !== undefined && thread.includes(skipped)) {
      rewound.push(skipped);
      continue;
    }
    if (last === undefined || last.left !== 'no') continue;
    const settles = isSettling(states.get(last.run.name));
    if (last.type !== 'Fail' && !settles) continue;
    const failed = failedBefore(thread, compiled);
    if (failed === undefined) continue;
    rewound.push(failed);
    if (isTelling(states.get(last.run.name))) goOn.add(failed);
    if (settles) uncounted.push(...countedIn(last));
  }
  const pointOf = (one: RecordedRun): number =>
    goOn.has(one) ? (one.startedId ?? one.enteredId) : one.enteredId;
  return { ...pointsOf(rewound, pointOf), uncounted };
}

/** By the execution that each is in. */
function pointsOf(
  rewound: readonly RecordedRun[],
  pointOf: (run: RecordedRun) => number,
): Pick<RedrivePoints, 'rewindTo' | 'children'> {
  const byChild = Map.groupBy(rewound, ({ run }) => run.child?.ref);
  const children = [...byChild].flatMap(([ref, runs]) =>
    ref === undefined ? [] : [{ ref, rewindTo: runs.map(pointOf) }],
  );
  return { rewindTo: (byChild.get(undefined) ?? []).map(pointOf), children };
}

/** The state whose failure led to the last of a thread, past states of ours; with units of pools, where it got in line. */
function failedBefore(thread: readonly RecordedRun[], { steps }: CompiledWorkflow): RecordedRun | undefined {
  const own = new Map(
    steps.flatMap((step) => [step.state, step.askState ?? []].flat().map((state) => [state, step])),
  );
  for (let at = thread.length - 2; at >= 0; at--) {
    const one = thread[at];
    if (one?.left === 'caught') {
      const lineState = own.get(one.run.name)?.lineState;
      const inLine = thread.slice(0, at).findLast(({ run }) => run.name === lineState);
      return inLine ?? one;
    }
    if (one === undefined || own.has(one.run.name)) return undefined;
  }
  return undefined;
}

function isSettling(state: MachineState | undefined): boolean {
  const args = state?.own['Arguments'];
  return isJsonObject(args) && args['FunctionName'] === `\${${MACHINE_TOKENS.settleIteration}}`;
}

/** Whether a state tells the failure of a child execution. */
function isTelling(state: MachineState | undefined): boolean {
  const args = state?.own['Arguments'];
  const payload = isJsonObject(args) ? args['Payload'] : undefined;
  return isSettling(state) && isJsonObject(payload) && payload['action'] === 'tellFailure';
}

const SettleSchema = z.object({ Payload: z.object({ path: z.string(), iteration: z.string() }) });

function countedIn({ parameters = '{}' }: RecordedRun): readonly CountedIteration[] {
  const parsed = SettleSchema.safeParse(JSON.parse(parameters));
  return parsed.success ? [parsed.data.Payload] : [];
}
