import { TOO_MANY_CHILDREN_FAILED } from '#compiler/task-payload.ts';
import { type Clock, sleep } from '#core/clock.ts';
import { isJsonObject } from '#core/json.ts';
import type {
  ChildSummary,
  Engine,
  ExecutionDescription,
  ExecutionRef,
  MapRunSummary,
  TaskFailure,
} from '#engine/engine.ts';

/** What finding a failure takes. */
export interface FailurePorts {
  readonly engine: Pick<Engine, 'listMapRuns' | 'listChildren' | 'describe'>;
  readonly clock: Clock;
}

/** Where a distributed Map has failed. */
export interface FailedMap {
  /** Id of the workflow's execution. */
  readonly execution: string;
  /** The execution of the engine that the Map is in. */
  readonly run: ExecutionRef;
  /** Path of its forEach, such as `sites[2].rollout`; undefined for the one that failed last. */
  readonly path?: string;
}

/** Of how many Map Runs, and of how many failed children of each, it is looked at most. */
const MOST_RUNS = 50;
const MOST_CHILDREN = 1_000;
/** Lists of Step Functions lag behind: how often is looked, and how long is waited before the next time, in ms. */
const LOOKS = 5;
const WAIT_MS = 400;

/**
 * What the first child execution of a failed distributed Map has failed with: the Map Run itself only tells that too many have.
 * Undefined where it is not to be found, as where the Map is none of ours.
 */
export async function childFailure(ports: FailurePorts, failed: FailedMap): Promise<TaskFailure | undefined> {
  for (let look = 1; ; look++) {
    const found = await findFailure(ports, failed);
    if (found !== 'none yet') return found;
    if (look === LOOKS) return undefined;
    await sleep(ports.clock, WAIT_MS * look);
  }
}

async function findFailure(
  ports: FailurePorts,
  failed: FailedMap,
): Promise<TaskFailure | 'none yet' | undefined> {
  const runs = await ports.engine.listMapRuns(failed.run);
  let isAny = false;
  for (const run of runs.slice(0, MOST_RUNS)) {
    const first = await firstFailed(ports, run);
    const description = first && (await ports.engine.describe(first.ref));
    if (description === undefined) continue;
    isAny = true;
    if (isOf(description, failed)) return failureOf(ports, description, failed);
  }
  return isAny ? undefined : 'none yet';
}

async function firstFailed(
  { engine }: FailurePorts,
  { arn }: MapRunSummary,
): Promise<ChildSummary | undefined> {
  for (const status of ['FAILED', 'TIMED_OUT'] as const) {
    const children = await engine.listChildren(arn, { status, most: MOST_CHILDREN });
    const [first] = children.toSorted((one, other) => (one.endedAt ?? 0) - (other.endedAt ?? 0));
    if (first !== undefined) return first;
  }
  return undefined;
}

/** By what a child is given, as the compiler writes it. */
function isOf({ input }: ExecutionDescription, { execution, path }: FailedMap): boolean {
  if (!isJsonObject(input) || input['execution'] !== execution) return false;
  return path === undefined || String(input['path']).replace(/\[\d+\]$/, '') === path;
}

async function failureOf(
  ports: FailurePorts,
  { ref, error = 'States.Timeout', cause = '' }: ExecutionDescription,
  { execution }: FailedMap,
): Promise<TaskFailure> {
  const own = { error, cause };
  if (error !== TOO_MANY_CHILDREN_FAILED) return own;
  return (await childFailure(ports, { execution, run: ref })) ?? own;
}
