import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DecideStep, Workflow } from '#definition/model.ts';
import { decidingSteps } from '#definition/pin-versions.ts';
import type { CompileOptions } from '../compile.ts';
import type { CompiledWorkflow } from '../compiled-workflow.ts';
import { isRefusal } from '../inline-decision/given-inputs.ts';
import { inlineTable } from '../inline-decision/inline-table.ts';
import { costOf } from './cost.ts';
import { DECIDE_USAGE } from './handler-usage.ts';
import { totalUsage, type Usage } from './usage.ts';

/** How a decision is made when a workflow runs. Dollars are those of a million times. */
export interface PlannedDecision {
  readonly step: string;
  readonly decision: string;
  readonly version: string;
  /** By a Choice state of the machine, or by a Task that asks a function. */
  readonly by: 'choice' | 'task';
  /** Why it is no Choice state. */
  readonly reason?: string;
  readonly dollarsAsChoice: number;
  readonly dollarsAsTask: number;
}

const TRANSITION: Partial<Usage> = { stateTransitions: 1 };

/** How the decisions of a workflow are made, in document order. */
export function plannedDecisions(
  workflow: Workflow,
  compiled: CompiledWorkflow,
  { decisions, decisionFiles }: Pick<CompileOptions, 'decisions' | 'decisionFiles'>,
): readonly PlannedDecision[] {
  const inlined = inlinedIn(compiled);
  return decidingSteps(workflow).map((step): PlannedDecision => {
    const file = decisionFiles?.get(step.id);
    const common = {
      ...{ step: step.id, decision: step.decision },
      version: decisions?.get(step.id) ?? step.version ?? 'latest',
      dollarsAsTask: million([TRANSITION, 1], [DECIDE_USAGE, 1]),
    };
    if (inlined.has(step.id)) return { ...common, by: 'choice', dollarsAsChoice: million([TRANSITION, 1]) };
    const reason = reasonOf(step, file);
    // A Choice cannot end a branch, an iteration or a handler of failures: a state would stand behind it.
    const dollarsAsChoice = million([TRANSITION, reason === undefined ? 2 : 1]);
    return { ...common, by: 'task', reason: reason ?? LAST, dollarsAsChoice };
  });
}

/** Ids of the steps whose decisions have become Choice states. */
export function inlinedIn({ steps }: Pick<CompiledWorkflow, 'steps'>): ReadonlySet<string> {
  return new Set(steps.flatMap(({ id, askState }) => (askState === undefined ? [] : [id])));
}

const LAST = 'it is the last of its branch or iteration, and a Choice state takes another behind it';

function reasonOf(step: DecideStep, file: DecisionFile | undefined): string | undefined {
  const table = inlineTable(step, file);
  return isRefusal(table) ? table.reason : undefined;
}

function million(...parts: readonly (readonly [usage: Partial<Usage>, times: number])[]): number {
  return Number((costOf(totalUsage(parts)).dollarsPerThousandRuns * 1_000).toPrecision(6));
}
