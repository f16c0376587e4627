import type { Json } from '#core/json.ts';
import type { Catalogue } from '#definition/command.ts';
import type { Step, Workflow } from '#definition/model.ts';
import { allSteps, nestedLists } from '#definition/nested-lists.ts';
import { outputBytes, outputsBytes, type PayloadFacts } from '#definition/payload-size.ts';
import { calleesOf, decidingSteps } from '#definition/pin-versions.ts';
import { type CompileOptions, compileWorkflow, layOutMeasured } from '../compile.ts';
import type { CompiledWorkflow } from '../compiled-workflow.ts';
import { type DurationSource, durationSource, type Estimates } from '../durations.ts';
import { type Assumption, assume } from './assumptions.ts';
import { type BlastRadius, blastRadius } from './blast-radius.ts';
import { type Cost, costOf } from './cost.ts';
import { type PlannedIterations, plannedIterations } from './iterations.ts';
import { type Limit, limitsOf } from './limits.ts';
import { type MachineStates, machineStates } from './machine-states.ts';
import { inlinedIn, type PlannedDecision, plannedDecisions } from './planned-decisions.ts';
import { longestHistory, runUsage } from './run-usage.ts';
import { type StepTime, type Timeline, timelineOf } from './timeline.ts';
import type { Usage } from './usage.ts';

/** A step of a plan. Times in ms; of a step that runs more than once, those of its first run. */
export interface PlannedStep extends StepTime {
  readonly id: string;
  readonly title: string | undefined;
  readonly kind: Step['kind'];
  /** How many steps it is inside of. */
  readonly depth: number;
  readonly durationFrom: DurationSource;
}

/**
 * What a run of a workflow will do and take, in a run in which nothing fails, every condition holds and of alternatives the
 * one with the most to do is taken.
 */
export interface Plan {
  readonly workflow: string;
  readonly version: string;
  readonly assumptions: readonly Assumption[];
  readonly time: {
    readonly totalMs: number;
    /** How much of that is waiting for steps that are not needed. */
    readonly addedWaitMs: number;
    /** Ids of the steps of which each, were it longer, would make the whole longer. */
    readonly criticalPath: readonly string[];
  };
  /** In document order, without steps that run only after a failure. */
  readonly steps: readonly PlannedStep[];
  /** How the iterations of each forEach run, in document order. */
  readonly iterations: readonly PlannedIterations[];
  readonly usage: Usage;
  readonly cost: Cost;
  /** How the decisions of its steps are made. */
  readonly decisions: readonly PlannedDecision[];
  readonly machine: MachineStates;
  readonly limits: readonly Limit[];
  readonly blastRadius: BlastRadius;
}

/** What a plan is made with. */
export interface PlanOptions extends CompileOptions {
  readonly catalogue: Catalogue;
  /** Input of the run, where it is known. */
  readonly input?: Json | undefined;
  /** Counts by step, in place of what would be assumed. */
  readonly counts?: ReadonlyMap<string, number>;
}

const NONE: ReadonlyMap<string, number> = new Map();

/** Bytes that are taken for a value of which nothing is known. */
const UNKNOWN_BYTES = 256;

/** The plan of a workflow that validation has found without errors. */
export async function planOf(workflow: Workflow, options: PlanOptions): Promise<Plan> {
  const { catalogue, input, counts: given = NONE, profile } = options;
  const assumptions = await assume(workflow.steps, { input, given });
  const counts = new Map(assumptions.map(({ step, value }) => [step, value]));
  const compiled = compileWorkflow(workflow, {
    versions: anyVersions(workflow),
    decisions: anyDecisions(workflow),
    ...options,
  });
  const estimates: Estimates = { profile: profile ?? NONE, counts, inlined: inlinedIn(compiled) };
  const layout = layOutMeasured(workflow.steps, profile);
  const timeline = timelineOf(workflow.steps, layout, estimates);
  const steps = plannedSteps(workflow.steps, { timeline, estimates, depth: 0 });
  const usage = runUsage(compiled.definition, workflow, counts);
  const machine = machineOf(compiled);
  return {
    ...{ workflow: workflow.name, version: workflow.version, assumptions },
    time: timeOf(timeline, steps),
    ...{ steps, iterations: plannedIterations(workflow.steps, counts) },
    ...{ usage, cost: costOf(usage) },
    decisions: plannedDecisions(workflow, compiled, options),
    machine,
    limits: limitsOf({
      historyEvents: longestHistory(compiled.definition, workflow, counts),
      payloadBytes: largestPayload(workflow, {
        catalogue,
        unknownBytes: UNKNOWN_BYTES,
        countOf: ({ id }) => counts.get(id),
      }),
      definitionBytes: machine.bytes,
      longestName: longestName(compiled, machine),
    }),
    blastRadius: blastRadius(workflow.steps, { layout, counts, catalogue }),
  };
}

/** Of what the steps give, each and all together, the largest, in bytes. */
function largestPayload({ steps, output }: Workflow, facts: PayloadFacts): number {
  const each = [...allSteps(steps)].map((step) => outputBytes(step, facts));
  return Math.max(...each, output === undefined ? outputsBytes(steps, facts) : 0);
}

/** A plan depends on what is called, though not on which version of it. */
function anyVersions(workflow: Workflow): ReadonlyMap<string, string> {
  return new Map(calleesOf(workflow).map(({ id, version = 'latest' }) => [id, version]));
}

function anyDecisions(workflow: Workflow): ReadonlyMap<string, string> {
  return new Map(decidingSteps(workflow).map(({ id, version = 'latest' }) => [id, version]));
}

interface Planning {
  readonly timeline: Timeline;
  readonly estimates: Estimates;
  readonly depth: number;
}

function plannedSteps(steps: readonly Step[], planning: Planning): readonly PlannedStep[] {
  return steps.flatMap((step) => {
    const time = planning.timeline.steps.get(step.id);
    if (time === undefined) return [];
    const { id, title, kind } = step;
    const durationFrom = durationSource(step, planning.estimates);
    const inner = { ...planning, depth: planning.depth + 1 };
    const own: PlannedStep = { id, title, kind, depth: planning.depth, durationFrom, ...time };
    return [own, ...nestedLists(step).flatMap((list) => plannedSteps(list.steps, inner))];
  });
}

function timeOf({ totalMs, idealMs }: Timeline, steps: readonly PlannedStep[]): Plan['time'] {
  const critical = steps.filter(({ isCritical }) => isCritical);
  const inTime = critical.toSorted((one, other) => one.startMs - other.startMs || one.depth - other.depth);
  return { totalMs, addedWaitMs: totalMs - idealMs, criticalPath: inTime.map(({ id }) => id) };
}

function machineOf({ definition, steps }: CompiledWorkflow): MachineStates {
  return machineStates(definition, new Set(steps.map(({ id }) => id)));
}

function longestName({ steps }: CompiledWorkflow, { extra }: MachineStates): number {
  return Math.max(
    ...[...steps.map(({ id }) => id), ...extra.map(({ name }) => name)].map(({ length }) => length),
  );
}
