/**
 * The model of a workflow that everything after the definition takes: defaults filled in, durations in ms, every step of
 * a known kind. Values that may hold expressions stay as their author wrote them.
 */
import type { Json, JsonObject } from '#core/json.ts';

/** How a failed step is tried again. */
export interface Retry {
  /** Tries in all, the first included. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: number;
  readonly maxDelayMs: number | undefined;
  readonly jitter: 'full' | 'none';
  /** Names of errors; undefined for every error. */
  readonly on: readonly string[] | undefined;
}

/** What is done about a failure: the steps of the first clause that names the error; none is `continue`. */
export interface CatchClause {
  readonly on: readonly string[] | undefined;
  readonly steps: readonly Step[];
}

/** How another step of the list must have ended. */
export type Outcome = 'succeeded' | 'failed' | 'skipped' | 'done';

/** One entry of `needs`. */
export interface Need {
  readonly step: string;
  readonly outcome: Outcome;
}

/** How a completed command is undone. */
export interface Compensate {
  readonly command: string;
  readonly device: string | undefined;
  readonly with: JsonObject;
  readonly timeoutMs: number;
}

/** What every step has. */
export interface StepBase {
  readonly id: string;
  readonly title: string | undefined;
  /** Where the step stands in its document, such as `steps[1].steps[0]`. */
  readonly at: string;
  /** Condition, without delimiters. */
  readonly if: string | undefined;
  /** Undefined where the author wrote none. */
  readonly needs: readonly Need[] | undefined;
}

/** What a step that may fail and be tried again has besides. */
export interface Fallible {
  readonly retry: Retry | undefined;
  /** Undefined: a failure fails the workflow. */
  readonly catch: readonly CatchClause[] | undefined;
}

/** How many failed iterations a forEach bears. */
export type Tolerance = { readonly count: number } | { readonly percent: number };

/** Sends a command to a device and waits for its answer. */
export interface CommandStep extends StepBase, Fallible {
  readonly kind: 'command';
  readonly command: string;
  readonly device: string;
  readonly with: JsonObject;
  readonly timeoutMs: number;
  readonly expiresMs: number;
  readonly priority: number;
  /** Condition over `$result`, without delimiters. */
  readonly expect: string | undefined;
  readonly compensate: Compensate | undefined;
}

/** Selects devices. */
export interface DevicesStep extends StepBase, Fallible {
  readonly kind: 'devices';
  readonly where: string | undefined;
  readonly requires: Readonly<Record<string, string>>;
}

/** A branch of a `choose`; without condition it is the else. */
export interface ChooseBranch {
  readonly if: string | undefined;
  readonly steps: readonly Step[];
}

/** Runs the first branch whose condition is true. */
export interface ChooseStep extends StepBase {
  readonly kind: 'choose';
  readonly branches: readonly ChooseBranch[];
}

/** Runs branches side by side. */
export interface ParallelStep extends StepBase, Fallible {
  readonly kind: 'parallel';
  readonly branches: Readonly<Record<string, readonly Step[]>>;
}

/** Runs its steps for each item. */
export interface ForEachStep extends StepBase, Fallible {
  readonly kind: 'forEach';
  /** Expression that gives the items, without delimiters. */
  readonly items: string;
  /** Name of the item. */
  readonly as: string;
  readonly maxConcurrency: number | undefined;
  readonly tolerate: Tolerance | undefined;
  readonly steps: readonly Step[];
}

/** Waits. */
export interface WaitStep extends StepBase {
  readonly kind: 'wait';
  /** `for`: a time in ms, or an expression in seconds without delimiters; `until`: a time as text or expression. */
  readonly wait: { readonly ms: number } | { readonly seconds: string } | { readonly until: string };
}

/** Sets variables. */
export interface SetStep extends StepBase {
  readonly kind: 'set';
  readonly values: JsonObject;
}

/** Ends the workflow well. */
export interface SucceedStep extends StepBase {
  readonly kind: 'succeed';
  readonly output: Json | undefined;
}

/** Ends the workflow with an error. */
export interface FailStep extends StepBase {
  readonly kind: 'fail';
  readonly error: string;
  readonly cause: string | undefined;
}

/** Any step. */
export type Step =
  | CommandStep
  | DevicesStep
  | ChooseStep
  | ParallelStep
  | ForEachStep
  | WaitStep
  | SetStep
  | SucceedStep
  | FailStep;

/** A workflow. */
export interface Workflow {
  readonly name: string;
  readonly version: string;
  readonly description: string | undefined;
  readonly inputSchema: JsonObject | undefined;
  readonly timeoutMs: number | undefined;
  readonly steps: readonly Step[];
  readonly output: Json | undefined;
}

/** A list of steps inside a step, and what makes it a scope of its own. */
export interface NestedList {
  /** Name of the branch, where the list is one of several. */
  readonly branch: string | undefined;
  readonly steps: readonly Step[];
  /** `iteration`: runs once an item, and nothing of it is visible outside. */
  readonly kind: 'branch' | 'choice' | 'iteration' | 'catch';
}

/** The lists of steps inside a step, in document order. */
export function nestedLists(step: Step): readonly NestedList[] {
  const caught = 'catch' in step ? (step.catch ?? []) : [];
  const handlers = caught.map(({ steps }) => ({ branch: undefined, steps, kind: 'catch' as const }));
  switch (step.kind) {
    case 'choose':
      return step.branches.map(({ steps }) => ({ branch: undefined, steps, kind: 'choice' as const }));
    case 'parallel':
      return [
        ...Object.entries(step.branches).map(([branch, steps]) => ({
          branch,
          steps,
          kind: 'branch' as const,
        })),
        ...handlers,
      ];
    case 'forEach':
      return [{ branch: undefined, steps: step.steps, kind: 'iteration' as const }, ...handlers];
    default:
      return handlers;
  }
}

/** Every step of a list with all inside it, in document order. */
export function* allSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    for (const list of nestedLists(step)) yield* allSteps(list.steps);
  }
}
