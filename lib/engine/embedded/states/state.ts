import { assertNever } from '#core/assert-never.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { State } from '../definition.ts';
import { catcherFor, RetryCounter, StateFailure } from '../failure.ts';
import type { BlockRun, StateEnd } from '../run-block.ts';
import type { StateScope } from '../state-scope.ts';
import { evaluateTemplate, type TemplateScope } from '../template.ts';
import { runChoice } from './choice.ts';
import { runFail } from './fail.ts';
import { runMap } from './map.ts';
import { runParallel } from './parallel.ts';
import { sleepUntil } from './sleep.ts';
import { runTask } from './task.ts';
import { runWait } from './wait.ts';

/** A state that has been entered. */
export interface EnteredState<S extends State = State> {
  readonly name: string;
  readonly state: S;
  readonly scope: StateScope;
  readonly run: BlockRun;
  /** Milliseconds since the epoch. */
  readonly enteredAt: number;
}

/** A state's result, and where to go when it is not the state's own `Next`. */
export interface StateResult {
  readonly result: Json;
  readonly next?: string | undefined;
  /** Replaces the state's own `Output` and `Assign`, as a rule of a Choice does. */
  readonly rule?: { readonly Output?: Json | undefined; readonly Assign?: JsonObject | undefined };
}

/** Runs a state to its exit: retried and caught where it says so. */
export async function runState(entered: EnteredState): Promise<StateEnd> {
  const { state, scope } = entered;
  try {
    const { result, next, rule } = await withRetries(entered);
    const resultScope = scope.with({ result });
    const ends = state.Type === 'Succeed' || state.Type === 'Fail';
    return await exit(entered, {
      scope: resultScope,
      output: rule?.Output ?? ('Output' in state ? state.Output : undefined),
      assign: rule?.Assign ?? ('Assign' in state ? state.Assign : undefined),
      otherwise: result,
      next: ends ? undefined : (next ?? ('Next' in state ? state.Next : undefined)),
    });
  } catch (error) {
    if (!(error instanceof StateFailure) || !('Catch' in state)) throw error;
    return await caught(entered, error, state.Catch);
  }
}

async function caught(
  entered: EnteredState,
  failure: StateFailure,
  catchers: Extract<State, { Type: 'Task' }>['Catch'],
): Promise<StateEnd> {
  const catcher = catcherFor(catchers, failure.error);
  if (catcher === undefined) throw failure;
  const errorOutput: Json = { Error: failure.error, Cause: failure.reason };
  return exit(entered, {
    scope: entered.scope.with({ errorOutput }),
    output: catcher.Output,
    assign: catcher.Assign,
    otherwise: errorOutput,
    next: catcher.Next,
  });
}

interface Exit {
  readonly scope: TemplateScope;
  readonly output: Json | undefined;
  readonly assign: JsonObject | undefined;
  /** The output where none is written. */
  readonly otherwise: Json;
  readonly next: string | undefined;
}

async function exit({ name, state, scope, run }: EnteredState, leave: Exit): Promise<StateEnd> {
  const output =
    leave.output === undefined
      ? leave.otherwise
      : await evaluateTemplate(leave.output, leave.scope, 'Output');
  const assigned =
    leave.assign === undefined ? {} : await evaluateTemplate(leave.assign, leave.scope, 'Assign');
  const text = JSON.stringify(output);
  if (Buffer.byteLength(text) > scope.execution.maxPayloadBytes) {
    const reason = `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
    throw new StateFailure('States.DataLimitExceeded', reason);
  }
  const variables = toObject(assigned);
  const texts = Object.entries(variables).map(([key, value]) => [key, JSON.stringify(value)] as const);
  if (state.Type !== 'Fail') {
    const assignedVariables = texts.length === 0 ? {} : { assignedVariables: Object.fromEntries(texts) };
    run.thread.record(
      `${state.Type}StateExited`,
      { name, output: text, ...assignedVariables },
      { next: leave.next },
    );
  }
  run.variables.assign(variables);
  return { output, next: leave.next };
}

function toObject(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

async function withRetries(entered: EnteredState): Promise<StateResult> {
  const { state, scope, run } = entered;
  const counter = new RetryCounter('Retry' in state ? state.Retry : []);
  for (let tries = 0; ; tries++) {
    try {
      return await runOnce({ ...entered, scope: scopeOfTry(entered, tries) });
    } catch (failure) {
      if (!(failure instanceof StateFailure)) throw failure;
      const delay = counter.next(failure.error, scope.execution.random);
      if (delay === undefined) throw failure;
      // What is journaled after the failure shows that the delay was over before the crash.
      if (run.thread.peek() !== undefined) continue;
      await sleepUntil(scope.execution.clock.now() + delay, run.thread, scope.execution.clock);
    }
  }
}

function scopeOfTry({ name, scope, enteredAt }: EnteredState, tries: number): StateScope {
  return scope.within({
    State: { Name: name, EnteredTime: new Date(enteredAt).toISOString(), RetryCount: tries },
  });
}

function runOnce(entered: EnteredState): Promise<StateResult> {
  const { state, ...rest } = entered;
  switch (state.Type) {
    case 'Pass':
    case 'Succeed':
      return Promise.resolve({ result: entered.scope.input });
    case 'Fail':
      return runFail({ ...rest, state });
    case 'Wait':
      return runWait({ ...rest, state });
    case 'Choice':
      return runChoice({ ...rest, state });
    case 'Task':
      return runTask({ ...rest, state });
    case 'Parallel':
      return runParallel({ ...rest, state });
    case 'Map':
      return runMap({ ...rest, state });
    default:
      return assertNever(state);
  }
}
