import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import type { Command } from '#devices/command.ts';
import { statesOf } from '../operate/machine-states.ts';
import { recordedRuns } from '../operate/state-runs.ts';
import { threadsOf } from '../operate/threads.ts';
import type { WholeHistory } from '../read-history.ts';
import type { StepState } from '../step-state.ts';
import { criticalRuns } from './critical-runs.ts';
import { ownEvents } from './own-events.ts';
import { PARTS, type PartName, partsOf, type TimePart } from './parts.ts';
import { profiledRows } from './rows.ts';
import { nestThreads } from './spans.ts';

/** When one run of a step was, and what its time went to. Times are ms from the start of the execution. */
export interface ProfiledStep {
  readonly id: string;
  /** Such as `rollout[3].flash`. */
  readonly path: string;
  readonly kind: string;
  /** How many steps are around it. */
  readonly depth: number;
  readonly status: StepState['status'];
  readonly device?: string;
  readonly attempts: number;
  readonly startMs: number;
  readonly durationMs: number;
  /** What its time went to, in order; empty for a step that holds others. */
  readonly parts: readonly TimePart[];
  /** How much longer it might have taken without the whole taking longer. */
  readonly slackMs: number;
  readonly isCritical: boolean;
  /** Which of the branches and iterations that ran at the same time it was in; a number for a chart. */
  readonly lane: number;
}

/** What an execution spent its time on. */
export interface ExecutionProfile {
  readonly totalMs: number;
  /** The runs of steps that began, in order of their start. */
  readonly steps: readonly ProfiledStep[];
  /** Paths of the steps of which each, had it been longer, would have made the whole longer; in order, those that hold others left out. */
  readonly criticalPath: readonly string[];
  /** What the critical path's time went to, in ms; `between` is what no step took: the engine, and pauses. */
  readonly critical: Readonly<Record<PartName | 'between', number>>;
  /** What the time of all steps went to, in ms; more than the whole, where steps ran side by side. */
  readonly all: Readonly<Record<PartName, number>>;
  /** How often a step was tried again. */
  readonly retries: number;
  /** The mean time of one run of each step that succeeded and holds no others, in ms: what `plan --profile` takes. */
  readonly measured: Readonly<Record<string, number>>;
}

/** What a profile is made of. */
export interface ProfileSources {
  readonly compiled: CompiledWorkflow;
  readonly history: Pick<WholeHistory, 'events' | 'children'>;
  readonly commands: readonly Command[];
  readonly steps: readonly StepState[];
  /** Until when it is looked at: its end, or now. Ms since the Unix epoch. */
  readonly until: number;
}

/** The profile of an execution, from its history and commands. */
export function profileOf({ compiled, history, commands, steps, until }: ProfileSources): ExecutionProfile {
  const { events } = history;
  const startedAt = events[0]?.timestamp ?? until;
  const ended = events.at(-1)?.type.startsWith('Execution') === true ? events.at(-1)?.timestamp : undefined;
  const totalMs = (ended ?? until) - startedAt;
  const runs = recordedRuns(compiled.steps, history);
  const root = nestThreads(threadsOf(runs, statesOf(compiled.definition)), startedAt + totalMs);
  const marked = criticalRuns(root);
  const own = ownEvents(compiled.steps, history);
  const rows = profiledRows({ compiled, steps, marked, startedAt }).map((row) => ({
    ...row,
    parts: row.isBlock
      ? []
      : partsOf(row, { events: own.get(row.path) ?? [], commands, startedAt, until: startedAt + totalMs }),
  }));
  const leaves = rows.filter(({ isBlock }) => !isBlock);
  const critical = leaves.filter(({ isCritical }) => isCritical);
  const spent = sumOfParts(critical.flatMap(({ parts }) => parts));
  const onPath = PARTS.reduce((sum, name) => sum + spent[name], 0);
  return {
    totalMs,
    steps: rows.map(({ isBlock: _isBlock, lineState: _lineState, ...step }) => step),
    criticalPath: critical.map(({ path }) => path),
    critical: { ...spent, between: Math.max(0, totalMs - onPath) },
    all: sumOfParts(leaves.flatMap(({ parts }) => parts)),
    retries: leaves.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0),
    measured: measuredTimes(leaves),
  };
}

function sumOfParts(parts: readonly TimePart[]): Record<PartName, number> {
  const sums = { work: 0, device: 0, queue: 0, retry: 0, outside: 0, halted: 0 };
  for (const { name, durationMs } of parts) sums[name] += durationMs;
  return sums;
}

/** Time for which the execution had ended and was not redriven yet says nothing of the step. */
function measuredTimes(
  leaves: readonly Pick<ProfiledStep, 'id' | 'status' | 'durationMs' | 'parts'>[],
): Record<string, number> {
  const done = leaves.filter(({ status }) => status === 'SUCCEEDED' || status === 'COMPENSATED');
  const byId = Map.groupBy(done, ({ id }) => id);
  return Object.fromEntries(
    [...byId].map(([id, own]) => {
      const times = own.map(({ durationMs, parts }) => durationMs - sumOfParts(parts).halted);
      return [id, Math.round(times.reduce((sum, time) => sum + time, 0) / own.length)];
    }),
  );
}
