import { assertNever } from '#core/assert-never.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { TaskFailure } from '../../engine.ts';
import type { Catcher, State } from '../definition.ts';
import { catcherFor, RetryCounter, StateFailure, StateFault } from '../failure.ts';
import { exceeds, jsonText } from '../json-text.ts';
import { type Leaving, type Query, queryOf } from '../query/query.ts';
import { type BlockRun, type StateEnd, untilResumed } from '../run-block.ts';
import type { StateScope, Variables } from '../state-scope.ts';
import { runChoice } from './choice.ts';
import { runFail } from './fail.ts';
import { runMap } from './map.ts';
import { runParallel } from './parallel.ts';
import { runPass } from './pass.ts';
import { sleepUnlessSkipped } from './sleep.ts';
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
  /** The event of its entry, and the one before that. */
  readonly entry: { readonly id: number; readonly after: number };
}

/** One try of a state. */
export interface StateTry<S extends State = State> extends EnteredState<S> {
  readonly query: Query;
  /** Why the try before it failed. */
  readonly retryOf: TaskFailure | undefined;
}

/** What a try gives: a result, which the state's fields shape, or with a Choice what its rule has made of it. */
export type StateResult = { readonly result: Json } | { readonly leaving: Leaving; readonly next: string };

/** Runs a state to its exit: retried and caught where it says so. */
export async function runState(entered: EnteredState): Promise<StateEnd> {
  const { state } = entered;
  const progress: Progress = { retries: 0 };
  try {
    const { query, ended } = await endOf(entered, progress);
    const leaving = 'leaving' in ended ? ended.leaving : await query.leave(ended.result);
    const ends = state.Type === 'Succeed' || state.Type === 'Fail';
    const next = 'next' in ended ? ended.next : 'Next' in state && !ends ? state.Next : undefined;
    return exit(entered, leaving, next);
  } catch (error) {
    const failure = failureOf(error, entered);
    if (!(failure instanceof StateFailure)) throw failure;
    return caught(entered, failure, progress);
  }
}

/** How far a state has got. */
interface Progress {
  retries: number;
}

async function caught(
  entered: EnteredState,
  failure: StateFailure,
  { retries }: Progress,
): Promise<StateEnd> {
  const { state } = entered;
  recordEndOfTries(entered, failure);
  const catcher: Catcher | undefined = 'Catch' in state ? catcherFor(state.Catch, failure) : undefined;
  if (catcher === undefined) throw failure;
  try {
    // Whoever answers for a task may say that it failed, and nothing else.
    const isNamed = failure.error !== '';
    const errorOutput = isNamed ? { Error: failure.error, Cause: failure.reason } : UNNAMED;
    const { query } = tryOf(entered, retries, undefined);
    return exit(entered, await query.leaveCaught(catcher, errorOutput), catcher.Next);
  } catch (error) {
    throw failureOf(error, entered);
  }
}

const UNNAMED = { Error: null, Cause: null };

/** A Map or Parallel that is not tried again has failed; one whose own data could not be evaluated has not begun. */
function recordEndOfTries({ state, run }: EnteredState, failure: StateFailure): void {
  if (state.Type !== 'Map' && state.Type !== 'Parallel') return;
  if (failure.isOfState && failure.error === 'States.Runtime') return;
  run.thread.record(`${state.Type}StateFailed`, {}, { failure: failure.toTaskFailure() });
}

function exit(
  { name, state, scope, run }: EnteredState,
  leaving: Leaving,
  next: string | undefined,
): StateEnd {
  const { output, variables } = leaving;
  const text = jsonText(output);
  if (exceeds(text, scope.execution.maxPayloadBytes)) {
    const reason = `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
    throw new StateFailure('States.DataLimitExceeded', reason, { isOfState: true });
  }
  const assigned = assignedTexts(name, variables, run.variables);
  if (state.Type !== 'Fail') {
    const assignedVariables = assigned === NONE ? {} : { assignedVariables: assigned };
    run.thread.record(`${state.Type}StateExited`, { name, output: text, ...assignedVariables }, { next });
  }
  if (assigned !== NONE) run.variables.assign(variables, assigned);
  return { output, next };
}

const NONE: Readonly<Record<string, string>> = {};

/** What a state assigns, as JSON. */
function assignedTexts(
  name: string,
  variables: JsonObject,
  stored: Variables,
): Readonly<Record<string, string>> {
  const entries = Object.entries(variables);
  if (entries.length === 0) return NONE;
  const texts = Object.fromEntries(entries.map(([key, value]) => [key, jsonText(value)] as const));
  const excess = stored.excess(texts);
  if (excess === undefined) return texts;
  throw new StateFailure('States.DataLimitExceeded', `The state '${name}' ${excess}.`, { isOfState: true });
}

interface Ended {
  readonly query: Query;
  readonly ended: StateResult;
}

/** How a state ends: as its tries do, or with the result that an operator has given in their place. */
async function endOf(entered: EnteredState, progress: Progress): Promise<Ended> {
  const { state, scope, entry, run } = entered;
  const given = scope.execution.interventions.resultOf(entry.id);
  if (given === undefined) return withRetries(entered, progress);
  // Tries before a crash that came before the exit.
  run.thread.skipRecorded();
  return { query: queryOf(state, scope), ended: { result: given } };
}

async function withRetries(entered: EnteredState, progress: Progress): Promise<Ended> {
  const { state, scope, run } = entered;
  if (!('Retry' in state)) {
    const query = queryOf(state, scope);
    return { query, ended: await runOnce({ ...entered, query, retryOf: undefined }) };
  }
  const counter = new RetryCounter(state.Retry);
  let retryOf: TaskFailure | undefined;
  for (; ; progress.retries++) {
    const tried = tryOf(entered, progress.retries, retryOf);
    try {
      throwRecordedFault(entered);
      return { query: tried.query, ended: await runOnce(tried) };
    } catch (error) {
      const failure = failureOf(error, entered);
      if (!(failure instanceof StateFailure)) throw failure;
      const delay = counter.next(failure, scope.execution.random);
      if (delay === undefined) throw failure;
      retryOf = failure.toTaskFailure();
      // What is journaled after the failure shows that the delay was over before the crash.
      if (run.thread.peek() !== undefined) continue;
      const given = await untilNextTry(entered, delay);
      if (given !== undefined) return { query: tried.query, ended: { result: given } };
    }
  }
}

/** Waits before the next try; gives the result that an operator has given meanwhile in place of one. */
async function untilNextTry({ run, entry }: EnteredState, delayMs: number): Promise<Json | undefined> {
  const { clock, interventions } = run.execution;
  // A crash during the delay is not to undo the try. The next flush tells of a journal that cannot be written.
  void run.thread.journal.flush().catch(() => undefined);
  await sleepUnlessSkipped(clock.now() + delayMs, run, entry.id);
  const given = (): Json | undefined => interventions.resultOf(entry.id);
  while (given() === undefined && interventions.holdsUp(run.thread)) await untilResumed(run);
  return given();
}

function tryOf(entered: EnteredState, tries: number, retryOf: TaskFailure | undefined): StateTry {
  const { name, state, enteredAt } = entered;
  const scope = entered.scope.within(() => ({
    State: { EnteredTime: new Date(enteredAt).toISOString(), Name: name, RetryCount: tries },
  }));
  return { ...entered, scope, query: queryOf(state, scope), retryOf };
}

/** An evaluation that failed before a crash, at its limit of time perhaps, is not tried a second time. */
function throwRecordedFault({ run }: EnteredState): void {
  const fault = run.thread.peek();
  if (fault?.type !== 'EvaluationFailed') return;
  run.thread.takeRecorded('EvaluationFailed');
  throw new StateFailure(String(fault.details['error']), String(fault.details['cause']), { isOfState: true });
}

/** What went wrong in the state itself, told with its place as Step Functions does; anything else as it is. */
function failureOf(error: unknown, { name, run, entry }: EnteredState): unknown {
  if (!(error instanceof StateFault)) return error;
  const cause = `An error occurred while executing the state '${name}' (entered at the event id #${entry.id}). ${error.reason}`;
  if (error.error === 'States.QueryEvaluationError') {
    const { location, isOfExpression } = error;
    const place = location === undefined ? {} : { location };
    const details = { error: error.error, cause, ...place, state: name };
    run.thread.recordFault(details, isOfExpression ? entry : undefined);
  }
  return new StateFailure(error.error, cause, { cause: error, isOfState: true });
}

function runOnce(tried: StateTry): Promise<StateResult> {
  const { state } = tried;
  switch (state.Type) {
    case 'Pass':
      return runPass({ ...tried, state });
    case 'Succeed':
      return Promise.resolve({ result: tried.query.input() });
    case 'Fail':
      return runFail({ ...tried, state });
    case 'Wait':
      return runWait({ ...tried, state });
    case 'Choice':
      return runChoice({ ...tried, state });
    case 'Task':
      return runTask({ ...tried, state });
    case 'Parallel':
      return runParallel({ ...tried, state });
    case 'Map':
      return runMap({ ...tried, state });
    default:
      return assertNever(state);
  }
}
