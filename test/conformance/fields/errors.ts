import type { JsonObject } from '#core/json.ts';
import {
  type FieldGroup,
  type FieldRow,
  failing,
  guide,
  type Proof,
  pass,
  proof,
  task,
} from './field-row.ts';

const SOURCE = guide('concepts-error-handling');

/** A task that fails, with these retriers, and then succeeds. */
function retried(retrier: JsonObject, error = 'E'): Pick<FieldRow, 'jsonata' | 'jsonpath'> {
  const both = proof(
    task({ Retry: [retrier] }),
    { output: 'ok' },
    { mocks: { a: [failing(error), { Return: 'ok' }] } },
  );
  return { jsonata: both, jsonpath: both };
}

/** A task that fails, and a catcher for what it fails with; `b` shows the error that it sees. */
function caught(names: readonly string[], error = 'E'): Pick<FieldRow, 'jsonata' | 'jsonpath'> {
  const a = task({ Catch: [{ ErrorEquals: names, Next: 'b' }] });
  const more: Pick<Proof, 'mocks' | 'gives'> = {
    mocks: { a: [failing(error)] },
    // A missed heartbeat is told as a timeout.
    gives: { output: { Error: error.replace('Heartbeat', ''), Cause: 'why' } },
  };
  return { jsonata: { states: { a, b: pass() }, ...more }, jsonpath: { states: { a, b: pass() }, ...more } };
}

/** Machines that fail by themselves, and the name that they fail with. */
const NAMES: readonly FieldRow[] = [
  {
    field: 'States.QueryEvaluationError',
    source: SOURCE,
    jsonata: proof(
      pass({ Output: "{% $states.input.x + 'a' %}" }),
      { error: 'States.QueryEvaluationError' },
      { input: { x: 1 } },
    ),
  },
  {
    field: 'States.QueryEvaluationError of what gives nothing',
    source: SOURCE,
    jsonata: proof(pass({ Output: '{% $states.input.none %}' }), { error: 'States.QueryEvaluationError' }),
  },
  {
    field: 'States.NoChoiceMatched',
    source: SOURCE,
    jsonata: {
      states: { a: { Type: 'Choice', Choices: [{ Condition: false, Next: 'b' }] }, b: pass() },
      gives: { error: 'States.NoChoiceMatched' },
    },
    jsonpath: {
      states: {
        a: { Type: 'Choice', Choices: [{ Variable: '$.v', IsPresent: true, Next: 'b' }] },
        b: pass(),
      },
      gives: { error: 'States.NoChoiceMatched' },
    },
  },
  {
    field: 'States.Runtime of a path that is not there',
    source: SOURCE,
    jsonpath: proof(pass({ InputPath: '$.none' }), { error: 'States.Runtime' }),
  },
  {
    field: 'States.Runtime of a path in Parameters that is not there',
    source: SOURCE,
    jsonpath: proof(pass({ Parameters: { 'x.$': '$.none' } }), { error: 'States.Runtime' }),
  },
  {
    field: 'States.ResultPathMatchFailure',
    source: SOURCE,
    jsonpath: proof(
      task({ ResultPath: '$.x.y' }),
      { error: 'States.ResultPathMatchFailure' },
      { input: 'text', mocks: { a: [{ Return: 1 }] } },
    ),
  },
  {
    field: 'States.IntrinsicFailure',
    source: SOURCE,
    jsonpath: proof(
      task({ Parameters: { 'x.$': "States.StringToJson('{')" } }),
      { error: 'States.IntrinsicFailure' },
      { mocks: { a: [{ Return: 1 }] } },
    ),
  },
  {
    field: 'States.DataLimitExceeded',
    source: SOURCE,
    jsonata: proof(pass({ Output: "{% $pad('', 300000, 'x') %}" }), { error: 'States.DataLimitExceeded' }),
    jsonpath: {
      states: { a: pass({ Parameters: { 'x.$': "States.Format('{}{}', $, $)" } }) },
      input: 'x'.repeat(200_000),
      gives: { error: 'States.DataLimitExceeded' },
    },
  },
];

/** Retry, Catch, and the names of errors. */
export const ERRORS: readonly FieldGroup[] = [
  {
    title: 'Retry',
    rows: [
      { field: 'ErrorEquals', source: SOURCE, ...retried({ ErrorEquals: ['E'] }) },
      {
        field: 'IntervalSeconds, BackoffRate, MaxAttempts',
        source: SOURCE,
        ...retried({ ErrorEquals: ['E'], IntervalSeconds: 2, BackoffRate: 1.5, MaxAttempts: 1 }),
      },
      {
        field: 'MaxDelaySeconds',
        source: SOURCE,
        ...retried({ ErrorEquals: ['E'], IntervalSeconds: 2, MaxDelaySeconds: 3 }),
      },
      { field: 'JitterStrategy', source: SOURCE, ...retried({ ErrorEquals: ['E'], JitterStrategy: 'FULL' }) },
      {
        field: 'MaxAttempts 0: no retry',
        source: SOURCE,
        ...sameFor(
          proof(
            task({ Retry: [{ ErrorEquals: ['E'], MaxAttempts: 0 }] }),
            { error: 'E' },
            { mocks: { a: [failing('E'), { Return: 1 }] } },
          ),
        ),
      },
      { field: 'States.ALL', source: SOURCE, ...retried({ ErrorEquals: ['States.ALL'] }) },
      {
        field: 'States.ALL beside another name is refused',
        source: SOURCE,
        ...sameFor(proof(task({ Retry: [{ ErrorEquals: ['E', 'States.ALL'] }] }), { refused: true })),
      },
    ],
  },
  {
    title: 'Catch',
    rows: [
      { field: 'ErrorEquals, Next', source: SOURCE, ...caught(['E']) },
      {
        field: 'Catch after Retry',
        source: SOURCE,
        ...sameFor({
          states: {
            a: task({
              Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
              Catch: [{ ErrorEquals: ['E'], Next: 'b' }],
            }),
            b: pass(),
          },
          mocks: { a: [failing('E'), failing('E', 'again')] },
          gives: { output: { Error: 'E', Cause: 'again' } },
        }),
      },
      {
        field: 'Output, Assign',
        source: SOURCE,
        jsonata: {
          states: {
            a: task({
              Catch: [
                {
                  ErrorEquals: ['E'],
                  Output: '{% $states.errorOutput.Cause %}',
                  Assign: { n: 1 },
                  Next: 'b',
                },
              ],
            }),
            b: pass({ Output: '{% [$states.input, $n] %}' }),
          },
          mocks: { a: [failing('E')] },
          gives: { output: ['why', 1] },
        },
      },
      {
        field: 'ResultPath',
        source: SOURCE,
        jsonpath: {
          states: { a: task({ Catch: [{ ErrorEquals: ['E'], ResultPath: '$.e', Next: 'b' }] }), b: pass() },
          input: { n: 1 },
          mocks: { a: [failing('E')] },
          gives: { output: { n: 1, e: { Error: 'E', Cause: 'why' } } },
        },
      },
      {
        field: 'States.ALL is for the last catcher alone',
        source: SOURCE,
        ...sameFor({
          states: {
            a: task({
              Catch: [
                { ErrorEquals: ['States.ALL'], Next: 'b' },
                { ErrorEquals: ['E'], Next: 'b' },
              ],
            }),
            b: pass(),
          },
          gives: { refused: true },
        }),
      },
    ],
  },
  {
    title: 'Names of errors',
    rows: [
      { field: 'States.ALL', source: SOURCE, ...caught(['States.ALL']) },
      { field: 'States.TaskFailed', source: SOURCE, ...caught(['States.TaskFailed']) },
      { field: 'States.Timeout', source: SOURCE, ...caught(['States.Timeout'], 'States.Timeout') },
      {
        field: 'States.Runtime is never caught',
        source: SOURCE,
        ...sameFor({
          states: { a: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'b' }] }), b: pass() },
          mocks: { a: [failing('States.Runtime')] },
          gives: { error: 'States.Runtime' },
        }),
      },
      {
        field: 'Names of services, such as Lambda.TooManyRequestsException',
        source: SOURCE,
        ...caught(['Lambda.TooManyRequestsException'], 'Lambda.TooManyRequestsException'),
      },
      ...NAMES,
    ],
  },
];

function sameFor(both: Proof): Pick<FieldRow, 'jsonata' | 'jsonpath'> {
  return { jsonata: both, jsonpath: both };
}
