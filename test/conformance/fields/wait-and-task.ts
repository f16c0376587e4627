import { type FieldGroup, failing, guide, pass, proof, task } from './field-row.ts';

const WAIT = guide('state-wait');
const TASK = guide('state-task');
const wait = { Type: 'Wait', End: true };
const PAST = '2020-01-01T00:00:00Z';
const answers = (answer: unknown[] | string | number) => ({
  a: [{ Return: JSON.parse(JSON.stringify(answer)) }],
});

/** Wait and Task. */
export const WAIT_AND_TASK: readonly FieldGroup[] = [
  {
    title: 'Wait',
    rows: [
      {
        field: 'Seconds',
        source: WAIT,
        jsonata: proof(
          { ...wait, Seconds: '{% $states.input.n %}' },
          { output: { n: 5 } },
          { input: { n: 5 } },
        ),
        jsonpath: proof({ ...wait, Seconds: 5 }, { output: { n: 5 } }, { input: { n: 5 } }),
      },
      {
        field: 'SecondsPath',
        source: WAIT,
        jsonpath: proof({ ...wait, SecondsPath: '$.n' }, { output: { n: 5 } }, { input: { n: 5 } }),
      },
      {
        field: 'Timestamp',
        source: WAIT,
        jsonata: proof({ ...wait, Timestamp: '{% $states.input %}' }, { output: PAST }, { input: PAST }),
        jsonpath: proof({ ...wait, Timestamp: PAST }, { output: {} }),
      },
      {
        field: 'TimestampPath',
        source: WAIT,
        jsonpath: proof({ ...wait, TimestampPath: '$.t' }, { output: { t: PAST } }, { input: { t: PAST } }),
      },
      {
        field: 'One of them, not both',
        source: WAIT,
        jsonata: proof({ ...wait, Seconds: 1, Timestamp: PAST }, { refused: true }),
        jsonpath: proof({ ...wait, Seconds: 1, Timestamp: PAST }, { refused: true }),
      },
      {
        field: 'Output',
        source: WAIT,
        jsonata: proof({ ...wait, Seconds: 0, Output: 'o' }, { output: 'o' }),
      },
      {
        field: 'InputPath, OutputPath',
        source: WAIT,
        jsonpath: proof(
          { ...wait, Seconds: 0, InputPath: '$.x', OutputPath: '$.y' },
          { output: 1 },
          { input: { x: { y: 1 } } },
        ),
      },
    ],
  },
  {
    title: 'Task',
    rows: [
      {
        field: 'Arguments, Output',
        source: TASK,
        jsonata: proof(
          task({ Arguments: { n: '{% $states.input %}' }, Output: '{% $states.result + $states.input %}' }),
          { output: 5 },
          { input: 2, mocks: answers(3) },
        ),
      },
      {
        field: 'Parameters, ResultSelector, ResultPath',
        source: TASK,
        jsonpath: proof(
          task({ Parameters: { 'n.$': '$.n' }, ResultSelector: { 'first.$': '$[0]' }, ResultPath: '$.got' }),
          { output: { n: 2, got: { first: 7 } } },
          { input: { n: 2 }, mocks: answers([7, 8]) },
        ),
      },
      {
        field: 'InputPath, OutputPath',
        source: TASK,
        jsonpath: proof(
          task({ InputPath: '$.n', OutputPath: '$[1]' }),
          { output: 8 },
          { input: { n: 2 }, mocks: answers([7, 8]) },
        ),
      },
      {
        field: 'Assign',
        source: guide('workflow-variables'),
        jsonata: {
          states: {
            a: task({ Assign: { n: '{% $states.result %}' }, Next: 'b' }),
            b: pass({ Output: '{% $n %}' }),
          },
          mocks: answers(3),
          gives: { output: 3 },
        },
        jsonpath: {
          states: {
            a: task({ Assign: { 'n.$': '$[0]' }, Next: 'b' }),
            b: pass({ Parameters: { 'n.$': '$n' } }),
          },
          mocks: answers([3]),
          gives: { output: { n: 3 } },
        },
      },
      {
        field: 'TimeoutSeconds',
        source: TASK,
        jsonata: proof(
          task({ TimeoutSeconds: '{% $states.input %}' }),
          { output: 1 },
          { input: 5, mocks: answers(1) },
        ),
        jsonpath: proof(task({ TimeoutSeconds: 5 }), { output: 1 }, { mocks: answers(1) }),
      },
      {
        field: 'TimeoutSecondsPath',
        source: TASK,
        jsonpath: proof(
          task({ TimeoutSecondsPath: '$.t' }),
          { output: 1 },
          { input: { t: 5 }, mocks: answers(1) },
        ),
      },
      {
        field: 'HeartbeatSeconds',
        source: TASK,
        jsonata: proof(
          task({ HeartbeatSeconds: 5, TimeoutSeconds: 9 }),
          { output: 1 },
          { mocks: answers(1) },
        ),
        jsonpath: proof(
          task({ HeartbeatSeconds: 5, TimeoutSeconds: 9 }),
          { output: 1 },
          { mocks: answers(1) },
        ),
      },
      {
        field: 'HeartbeatSecondsPath',
        source: TASK,
        jsonpath: proof(
          task({ HeartbeatSecondsPath: '$.t' }),
          { output: 1 },
          { input: { t: 5 }, mocks: answers(1) },
        ),
      },
      {
        field: 'Credentials',
        source: TASK,
        jsonata: proof(
          task({ Credentials: { RoleArn: 'arn:aws:iam::111111111111:role/r' } }),
          { output: 1 },
          { mocks: answers(1) },
        ),
        jsonpath: proof(
          task({ Credentials: { RoleArn: 'arn:aws:iam::111111111111:role/r' } }),
          { output: 1 },
          { mocks: answers(1) },
        ),
      },
      {
        field: 'A failure that nothing handles',
        source: TASK,
        jsonata: proof(task(), { error: 'E', cause: 'why' }, { mocks: { a: [failing('E')] } }),
        jsonpath: proof(task(), { error: 'E', cause: 'why' }, { mocks: { a: [failing('E')] } }),
      },
    ],
  },
];
