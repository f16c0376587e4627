import { expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { mockedCalls, readMocks } from '#engine/embedded/mocks.ts';
import { EngineRun } from '#support/engine-run.ts';

const FAILURE = { Throw: { Error: 'Lambda.TooManyRequests', Cause: 'busy' } };
const TIMEOUT = { Throw: { Error: 'States.Timeout' } };
const SUCCESS = { Return: { ok: true } };

function documentOf(responses: Json, testCase: Json = { Call: 'answer' }): Json {
  return {
    StateMachines: { Orders: { TestCases: { Path: testCase } } },
    MockedResponses: { answer: responses },
  };
}

test('answers are read for each call, in whichever order they are written', () => {
  const { file, faults } = readMocks(documentOf({ '3': SUCCESS, '0': FAILURE, '1-2': TIMEOUT }));
  expect(faults).toEqual([]);
  expect(file['Orders']?.['Path']?.['Call']).toEqual([FAILURE, TIMEOUT, TIMEOUT, SUCCESS]);
});

test.each<[string, Json, readonly (readonly [string, string])[]]>([
  [
    'no object',
    [],
    [
      ['', 'must be an object'],
      ['', '"StateMachines" is missing'],
      ['', '"MockedResponses" is missing'],
    ],
  ],
  [
    'an unknown field',
    { StateMachines: {}, MockedResponses: {}, Mocks: {} },
    [['Mocks', 'no field "Mocks"']],
  ],
  [
    'a response that is not there',
    documentOf({ '0': SUCCESS }, { Call: 'anser' }),
    [['StateMachines.Orders.TestCases.Path.Call', '"anser"']],
  ],
  [
    'a response of a hidden name',
    documentOf({ '0': SUCCESS }, { Call: '__proto__' }),
    [['StateMachines.Orders.TestCases.Path.Call', '"__proto__"']],
  ],
  [
    'a call that is no number',
    documentOf({ first: SUCCESS }),
    [['MockedResponses.answer.first', 'neither a number']],
  ],
  [
    'a range that is too long',
    documentOf({ '0-99999999': SUCCESS }),
    [['MockedResponses.answer.0-99999999', 'neither a number']],
  ],
  [
    'a range that goes back',
    documentOf({ '2-1': SUCCESS }),
    [['MockedResponses.answer.2-1', 'neither a number']],
  ],
  [
    'a gap',
    documentOf({ '0': SUCCESS, '2': SUCCESS }),
    [['MockedResponses.answer.2', '1 comes next, not 2']],
  ],
  [
    'an overlap',
    documentOf({ '0-1': SUCCESS, '1': SUCCESS }),
    [['MockedResponses.answer.1', '2 comes next, not 1']],
  ],
  ['no answer', documentOf({}), [['MockedResponses.answer', 'no answer']]],
  [
    'both',
    documentOf({ '0': { ...SUCCESS, ...FAILURE } }),
    [['MockedResponses.answer.0', 'either Return or Throw']],
  ],
  ['neither', documentOf({ '0': { Retrun: 1 } }), [['MockedResponses.answer.0', 'either Return or Throw']]],
  [
    'an error without a name',
    documentOf({ '0': { Throw: { Cause: 'c', Code: 1 } } }),
    [
      ['MockedResponses.answer.0.Throw.Code', '"Code"'],
      ['MockedResponses.answer.0.Throw', '"Error" must be'],
    ],
  ],
])('%s is told with its place', (_, document, expected) => {
  const found = readMocks(document).faults.map(({ path, message }) => [path.join('.'), message] as const);
  expect(found.map(([path]) => path)).toEqual(expected.map(([path]) => path));
  for (const [index, [, message]] of expected.entries()) expect(found[index]?.[1]).toContain(message);
});

test('everything that is wrong is told at once', () => {
  const document = {
    StateMachines: { A: { TestCases: { x: { s: 'none' }, y: 4 } }, B: [] },
    MockedResponses: { r: { '1': { Throw: 1 } } },
  };
  expect(readMocks(document).faults.length).toBeGreaterThanOrEqual(5);
});

test('calls are counted for each state, and one without an answer fails', () => {
  const answer = mockedCalls({ a: [SUCCESS, FAILURE], b: [TIMEOUT] });
  expect(answer('a')).toEqual({ kind: 'succeeded', output: { ok: true } });
  expect(answer('b')).toEqual({
    ...{ kind: 'timedOut', isHeartbeat: false },
    failure: { error: 'States.Timeout', cause: '' },
  });
  expect(answer('a')).toEqual({
    kind: 'failed',
    failure: { error: 'Lambda.TooManyRequests', cause: 'busy' },
  });
  expect(answer('a')).toMatchObject({ kind: 'failed', failure: { error: 'States.Runtime' } });
  expect(answer('toString')).toBeUndefined();
});

test('a mocked heartbeat that is missed is named as a timeout, and caught as a heartbeat', async () => {
  using run = new EngineRun({}, { mocks: { a: [{ Throw: { Error: 'States.HeartbeatTimeout' } }] } });
  const { output } = await run.run({
    a: {
      ...{ Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', End: true },
      Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'b' }],
    },
    b: { Type: 'Succeed' },
  });
  expect(output).toEqual({ Error: 'States.Timeout', Cause: '' });
});

test('a mocked activity need not be there, and has had a worker', async () => {
  using run = new EngineRun({}, { mocks: { a: [{ Return: 1 }] } });
  const Resource = 'arn:aws:states:local:000000000000:activity:w';
  const ref = await run.start({ a: { Type: 'Task', Resource, End: true } });
  expect(await run.finish(ref)).toMatchObject({ status: 'SUCCEEDED', output: 1 });
  expect((await run.events(ref)).slice(2, 5)).toEqual([
    ...['2 ActivityScheduled', '3 ActivityStarted', '4 ActivitySucceeded'],
  ]);
});

test('a mocked task is answered without a call, on each retry by the next answer', async () => {
  const calls: Json[] = [];
  using run = new EngineRun(
    {
      F: async (payload) => {
        calls.push(payload);
        return 'called';
      },
    },
    { mocks: { send: [FAILURE, TIMEOUT, SUCCESS] } },
  );
  const retry = { ErrorEquals: ['States.ALL'], IntervalSeconds: 1 };
  const description = await run.run({
    send: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Arguments: {},
      Retry: [retry],
      Next: 'call',
    },
    call: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: `\${F}`, Payload: '{% $states.input %}' },
      Output: '{% $states.result.Payload %}',
      End: true,
    },
  });
  expect(description).toMatchObject({ status: 'SUCCEEDED', output: 'called' });
  expect(calls).toEqual([{ ok: true }]);
  const history = await run.engine.history(description.ref, 0);
  const ends = history.filter(({ type }) => /^Task(Succeeded|Failed|TimedOut)$/.test(type));
  expect(ends.map(({ type, details }) => [type, details['resourceType']])).toEqual([
    ['TaskFailed', 'sqs'],
    ['TaskTimedOut', 'sqs'],
    ['TaskSucceeded', 'sqs'],
    ['TaskSucceeded', 'lambda'],
  ]);
});

test('a mocked task that waits for its token is submitted, and answered', async () => {
  using run = new EngineRun({}, { mocks: { ask: [SUCCESS] } });
  const ask = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    Arguments: {},
    End: true,
  };
  const { ref, output } = await run.run({ ask });
  expect(output).toEqual({ ok: true });
  const types = (await run.engine.history(ref, 0)).map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(['TaskStarted', 'TaskSubmitted', 'TaskSucceeded']));
});
