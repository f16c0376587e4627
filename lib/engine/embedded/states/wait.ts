import type { StateOf } from '../definition.ts';
import { StateFault } from '../failure.ts';
import { unexpectedType } from '../field-number.ts';
import type { FieldValue } from '../query/query.ts';
import { evaluationFault } from '../template.ts';
import { parseTimestamp, toMs } from '../timestamp.ts';
import { sleepUnlessSkipped } from './sleep.ts';
import type { StateResult, StateTry } from './state.ts';

/** Longest wait in seconds by the States Language of Step Functions. */
const MAX_SECONDS = 99_999_999;
/** The longest time ahead that a Timestamp may be: 2^31 - 1 seconds, as runs on AWS show. */
const MAX_AHEAD_MS = (2 ** 31 - 1) * 1_000;

type TriedWait = StateTry<StateOf<'Wait'>>;

/** Waits from the moment in which the state was entered, so that a crash does not make it longer. */
export async function runWait(tried: TriedWait): Promise<StateResult> {
  const { run, scope, query, entry } = tried;
  const due = await dueTime(tried);
  if (due > scope.execution.clock.now()) {
    void run.thread.journal.flush().catch(() => undefined);
    await sleepUnlessSkipped(due, run, entry.id);
  }
  return { result: scope.execution.interventions.resultOf(entry.id) ?? query.input() };
}

async function dueTime({ state, query, scope, enteredAt }: TriedWait): Promise<number> {
  const timestamp = await fieldOf('Timestamp');
  if (timestamp === undefined) {
    // A clock that was put back makes no wait longer than it is.
    const from = Math.min(enteredAt, scope.execution.clock.now());
    return from + secondsOf(await fieldOf('Seconds')) * 1_000;
  }
  const time = timeOf(timestamp);
  if (time - enteredAt > MAX_AHEAD_MS)
    throw new StateFault('States.Runtime', 'Wait state delay is too long.');
  return time;

  async function fieldOf(field: 'Timestamp' | 'Seconds'): Promise<FieldValue | undefined> {
    try {
      return await query.value(state, field);
    } catch (error) {
      const path = state[`${field}Path`];
      if (!(error instanceof StateFault) || path === undefined) throw error;
      throw new StateFault(
        'States.Runtime',
        `The ${field}Path parameter does not reference an input value: ${path}`,
      );
    }
  }
}

function timeOf({ value, path, expression, field }: FieldValue): number {
  const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (time !== undefined) return toMs(time);
  if (path !== undefined) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    throw new StateFault(
      'States.Runtime',
      `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${text}`,
    );
  }
  if (typeof value !== 'string')
    throw evaluationFault(expression ?? '', field, unexpectedType('string', value));
  throw new StateFault(
    'States.QueryEvaluationError',
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${value}`,
    { location: 'Timestamp' },
  );
}

function secondsOf(seconds: FieldValue | undefined): number {
  if (seconds === undefined) return 0;
  const { value, path, expression, field } = seconds;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (path !== undefined) {
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number))
      throw pathFault('cannot be parsed as a long value', path, text);
    if (number < 0) throw pathFault('references a negative value', path, text);
    return limited(number);
  }
  if (typeof value !== 'number')
    throw evaluationFault(expression ?? text, field, unexpectedType('number', value));
  if (value >= 0) return limited(value);
  throw new StateFault(
    'States.QueryEvaluationError',
    `The field 'Seconds' is ${text}, and must be 0 or more`,
    {
      location: 'Seconds',
    },
  );
}

function pathFault(what: string, path: string, text: string): StateFault {
  return new StateFault('States.Runtime', `The SecondsPath parameter ${what}: ${path} == ${text}`);
}

function limited(seconds: number): number {
  if (seconds <= MAX_SECONDS) return seconds;
  throw new StateFault('States.Runtime', 'Wait state delay is too long.');
}
