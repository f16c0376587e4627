/**
 * The model of a workflow that everything after the definition takes: defaults filled in, durations in ms, every step of
 * a known kind. Values that may hold expressions stay as their author wrote them.
 */
import type { Json, JsonObject } from '#core/json.ts';
import type { ChooseStep, ForEachStep, LockStep, ParallelStep, WhileStep } from './block-steps.ts';
import type {
  Await,
  Cache,
  Compensate,
  DeviceField,
  HeaderValue,
  HttpMethod,
  Need,
  PoolUnits,
  Retry,
  Routing,
  Verify,
} from './step-parts.ts';

/** What is done about a failure: the steps of the first clause that names the error; none is `continue`. */
export interface CatchClause {
  readonly on: readonly string[] | undefined;
  readonly steps: readonly Step[];
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

/** What a step that does work has besides. */
export interface Work {
  /** Units of named pools that it holds while it runs: a number, or the text of an expression. */
  readonly uses: PoolUnits | undefined;
  /** What it gives, over `$result`; undefined for the result itself. */
  readonly output: Json | undefined;
}

/** Sends a command to a device and waits for its answer. */
export interface CommandStep extends StepBase, Fallible, Work {
  readonly kind: 'command';
  readonly command: string;
  /** Undefined where `on` says by what it is chosen. */
  readonly device: string | undefined;
  readonly on: Routing | undefined;
  readonly with: JsonObject;
  readonly timeoutMs: number;
  readonly expiresMs: number;
  readonly priority: number;
  readonly await: Await;
  readonly cache: Cache | undefined;
  /** Condition over `$result`, without delimiters. */
  readonly expect: string | undefined;
  readonly compensate: Compensate | undefined;
  /** How it is asked about when its outcome is unknown, as its `compensate` or the catalogue says. */
  readonly verify: Verify | undefined;
  /** Whether nothing before it is undone once it has completed, as the catalogue says. */
  readonly isPivot: boolean;
}

/** Selects devices. */
export interface DevicesStep extends StepBase, Fallible, Work {
  readonly kind: 'devices';
  readonly where: string | undefined;
  readonly requires: Readonly<Record<string, string>>;
  /** What of each device is given, the id always; undefined: all of it. */
  readonly fields: readonly DeviceField[] | undefined;
  /** The zone that it is in, or one around it; may hold an expression. */
  readonly zone: string | undefined;
}

/** Waits. */
export interface WaitStep extends StepBase {
  readonly kind: 'wait';
  /** `for`: a time in ms, or an expression in seconds without delimiters; `until`: a time as text or expression. */
  readonly wait: { readonly ms: number } | { readonly seconds: string } | { readonly until: string };
}

/** Waits for an event; gives its data. */
export interface EventStep extends StepBase, Fallible, Work {
  readonly kind: 'event';
  /** Name of the event; may hold an expression. */
  readonly event: string;
  /** Condition over `$event`, without delimiters. */
  readonly where: string | undefined;
  readonly timeoutMs: number | undefined;
}

/** Waits until people have approved. */
export interface ApproveStep extends StepBase, Fallible, Work {
  readonly kind: 'approve';
  /** Who may; may hold an expression. */
  readonly group: string;
  /** What they are asked; may hold an expression. */
  readonly message: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly remindMs: number | undefined;
  /** How many have to approve. */
  readonly quorum: number;
  /** How many have to reject until it is rejected. */
  readonly rejections: number;
  /** Who may not approve, though of the group. */
  readonly not: 'starter' | undefined;
  /** Whom else to ask, when; the group may hold an expression. */
  readonly escalate: { readonly afterMs: number; readonly group: string } | undefined;
}

/** The workflow that undoes what another did, in place of the undo of its own steps. */
export interface WorkflowCompensate {
  readonly workflow: string;
  /** Range of versions, like that of the step. */
  readonly version: string | undefined;
  /** Its input; reads `$result`, the output of the called workflow, besides what the step reads. */
  readonly input: Json | undefined;
}

/** Runs another workflow as an execution of its own. */
export interface WorkflowStep extends StepBase, Fallible, Work {
  readonly kind: 'workflow';
  readonly workflow: string;
  /** Range of versions; undefined for any. The highest at publication is taken. */
  readonly version: string | undefined;
  readonly input: Json | undefined;
  /** Whether its end is waited for. */
  readonly await: boolean;
  readonly timeoutMs: number | undefined;
  readonly cache: Cache | undefined;
  readonly compensate: WorkflowCompensate | undefined;
}

/** Decides by a decision of the project. */
export interface DecideStep extends StepBase, Fallible, Work {
  readonly kind: 'decide';
  readonly decision: string;
  /** Range of versions; undefined for any. The highest at publication is taken. */
  readonly version: string | undefined;
  /** Values by input, with expressions. */
  readonly input: JsonObject;
  /** Whether the decision may become a state of the machine, where that is cheaper. */
  readonly inline: boolean;
  readonly timeoutMs: number;
}

/** A call over HTTP, as its author writes it. */
export interface HttpCall {
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, HeaderValue>>;
  readonly body: Json | undefined;
}

/** The call by which it is found out whether another took effect that was not answered. */
export interface HttpVerify extends HttpCall {
  readonly timeoutMs: number;
  /** Condition over `$result`, its answer, without delimiters: true when the other took effect. */
  readonly expect: string;
}

/** The call that undoes another. */
export interface HttpCompensate extends HttpCall {
  readonly timeoutMs: number;
  readonly verify: HttpVerify | undefined;
}

/** Calls a service over HTTP. */
export interface HttpStep extends StepBase, Fallible, Work, HttpCall {
  readonly kind: 'http';
  readonly timeoutMs: number;
  /** Condition over `$result`, without delimiters. */
  readonly expect: string | undefined;
  readonly cache: Cache | undefined;
  /** The call that undoes it; `$result` is what the step gave. */
  readonly compensate: HttpCompensate | undefined;
}

/** Tells those who listen to a topic. */
export interface NotifyStep extends StepBase, Fallible, Work {
  readonly kind: 'notify';
  readonly topic: string;
  readonly subject: string | undefined;
  readonly message: Json;
}

/** A state of States Language, as it is. */
export interface AslStep extends StepBase, Fallible, Work {
  readonly kind: 'asl';
  readonly state: JsonObject;
  readonly timeoutMs: number | undefined;
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
  | WhileStep
  | WaitStep
  | EventStep
  | ApproveStep
  | WorkflowStep
  | DecideStep
  | HttpStep
  | NotifyStep
  | LockStep
  | AslStep
  | SetStep
  | SucceedStep
  | FailStep;

/** How many executions of a workflow with the same group may run at once, and what becomes of one more. */
export interface Concurrency {
  /** Text that may hold an expression over `$input`. */
  readonly group: string;
  readonly max: number;
  readonly overflow: 'queue' | 'reject' | 'replace';
}

/** A workflow. */
export interface Workflow {
  readonly name: string;
  readonly version: string;
  readonly description: string | undefined;
  readonly inputSchema: JsonObject | undefined;
  readonly timeoutMs: number | undefined;
  readonly concurrency: Concurrency | undefined;
  readonly steps: readonly Step[];
  readonly output: Json | undefined;
}
