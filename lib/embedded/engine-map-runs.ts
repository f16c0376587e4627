import type { JsonObject } from '#core/json.ts';
import type { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { ExecutionIndex } from '#engine/embedded/execution-index.ts';
import type { MapRunTally, StoredMapRun } from '#engine/embedded/map-run-store.ts';
import { mapRunArn } from '#engine/embedded/map-runs.ts';
import { executionArn, machineArn } from '#step-functions-api/arn.ts';
import type { MapRunPort } from '#step-functions-api/parts.ts';
import type { Database } from '#storage/database.ts';

/** Map Runs of the embedded engine, as the Step Functions API asks for them. */
export function engineMapRuns({ mapRuns }: EmbeddedEngine, database: Database): MapRunPort {
  const executions = new ExecutionIndex(database);
  return {
    list: (execution, after, limit) =>
      mapRuns
        .list(execution, after === undefined ? undefined : nameIn(after), limit)
        .map((run) => ({ ...namesOf(run), ...timesOf(run) })),
    describe: (arn) => {
      const run = mapRuns.find(nameIn(arn));
      return run === undefined ? undefined : describe(run, mapRuns.tally(run));
    },
    update: (arn, change) => mapRuns.update(nameIn(arn), change),
    children: (arn, query) => {
      const run = mapRuns.find(nameIn(arn));
      return run === undefined ? undefined : executions.ofMapRun({ ...query, run: run.id });
    },
    ofChild: (ref) => {
      const found = mapRuns.ofChild(ref);
      return found === undefined
        ? undefined
        : { mapRunArn: mapRunArn(found.run.name), items: found.items, parent: found.run.parent };
    },
  };
}

/** Region and account of a request may be any. */
function nameIn(arn: string): string {
  return arn.slice(arn.indexOf(':mapRun:') + ':mapRun:'.length);
}

function namesOf({ name, parent }: StoredMapRun): JsonObject {
  return {
    mapRunArn: mapRunArn(name),
    executionArn: executionArn(parent),
    stateMachineArn: machineArn(name.slice(0, name.lastIndexOf(':'))),
  };
}

function timesOf({ startedAt, endedAt }: StoredMapRun): JsonObject {
  return {
    startDate: startedAt / 1_000,
    ...(endedAt === undefined ? {} : { stopDate: endedAt / 1_000 }),
  };
}

function describe(run: StoredMapRun, tallies: readonly MapRunTally[]): JsonObject {
  const { status, bounds, items, executions, redriveCount, redrivenAt } = run;
  const { stateMachineArn: _machine, ...names } = namesOf(run);
  return {
    ...{ ...names, status, ...timesOf(run) },
    maxConcurrency: bounds.maxConcurrency,
    toleratedFailureCount: bounds.toleratedFailureCount ?? 0,
    toleratedFailurePercentage: bounds.toleratedFailurePercentage ?? 0,
    itemCounts: countsOf(run, tallies, { of: 'items', all: items }),
    executionCounts: countsOf(run, tallies, { of: 'executions', all: executions }),
    redriveCount,
    ...(redrivenAt === undefined ? {} : { redriveDate: redrivenAt / 1_000 }),
  };
}

interface Counted {
  readonly of: 'items' | 'executions';
  /** How many there are in all; undefined: those that were begun. */
  readonly all: number | undefined;
}

const COUNTS = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
  PENDING_REDRIVE: 'pendingRedrive',
} as const;

/**
 * What `itemCounts` and `executionCounts` have (Step Functions API Reference, MapRunItemCounts). What failed before the last
 * redrive of a run that goes on waits for its own.
 */
function countsOf(run: StoredMapRun, tallies: readonly MapRunTally[], { of, all }: Counted): JsonObject {
  const isRunning = run.status === 'RUNNING';
  const counts = { running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0, pendingRedrive: 0 };
  let begun = 0;
  for (const { status, round, ...tally } of tallies) {
    const isOver = status !== 'RUNNING' && status !== 'SUCCEEDED';
    const isPending = isOver && isRunning && round < run.redriveCount;
    counts[isPending ? 'pendingRedrive' : COUNTS[status]] += tally[of];
    begun += tally[of];
  }
  const { pendingRedrive, ...told } = counts;
  const total = Math.max(all ?? begun, begun);
  return {
    ...{ ...told, pending: total - begun, total },
    // Results are written all at once, in the end.
    resultsWritten: run.status === 'SUCCEEDED' ? begun : 0,
    ...(run.redriveCount === 0 ? {} : { pendingRedrive }),
  };
}
