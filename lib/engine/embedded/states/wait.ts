import type { StateOf } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import { evaluateTemplate } from '../template.ts';
import { sleepUntil } from './sleep.ts';
import type { EnteredState, StateResult } from './state.ts';

/** Longest wait in seconds: a year in Step Functions, 99999999 by its documentation. */
const MAX_SECONDS = 99_999_999;

/** Waits from the moment in which the state was entered, so that a crash does not make it longer. */
export async function runWait(entered: EnteredState<StateOf<'Wait'>>): Promise<StateResult> {
  const { run, scope } = entered;
  const due = await dueTime(entered);
  if (due > scope.execution.clock.now()) {
    void run.thread.journal.flush().catch(() => undefined);
    await sleepUntil(due, run.thread, scope.execution.clock);
  }
  return { result: scope.input };
}

async function dueTime({ state, scope, enteredAt }: EnteredState<StateOf<'Wait'>>): Promise<number> {
  if (state.Timestamp !== undefined) {
    const value = await evaluateTemplate(state.Timestamp, scope.with(), 'Timestamp');
    const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(time)) throw invalid('Timestamp', value, 'an ISO 8601 time');
    return time;
  }
  const value = await evaluateTemplate(state.Seconds ?? 0, scope.with(), 'Seconds');
  if (typeof value !== 'number' || value < 0 || value > MAX_SECONDS)
    throw invalid('Seconds', value, `a number from 0 to ${MAX_SECONDS}`);
  // A clock that was put back makes no wait longer than it is.
  return Math.min(enteredAt, scope.execution.clock.now()) + value * 1_000;
}

function invalid(field: string, value: unknown, wanted: string): StateFailure {
  return new StateFailure(
    'States.QueryEvaluationError',
    `The field '${field}' is ${JSON.stringify(value)}, and must be ${wanted}`,
  );
}
