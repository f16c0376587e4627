import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { EngineStore } from '#engine/embedded/store.ts';
import { Database } from '#storage/database.ts';
import { callWork, EngineRun, NamedError } from '#support/engine-run.ts';

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true },
  Arguments: { FunctionName: `\${${name}FunctionArn}`, Payload: {} },
  ...more,
});
const block = (states: Record<string, JsonObject>): JsonObject => ({
  StartAt: Object.keys(states)[0] ?? '',
  States: states,
});
const pass = { Type: 'Pass', End: true };

function open(): EngineRun {
  return new EngineRun({
    NeverFunctionArn: () => new Promise(() => {}),
    FailFunctionArn: async () => {
      throw new NamedError('Broken');
    },
  });
}

async function eventsOf(states: Record<string, JsonObject>): Promise<readonly string[]> {
  using run = open();
  await run.runMachine({ QueryLanguage: 'JSONata', ...block(states) });
  return await run.events();
}

describe('the chain of events is that of Step Functions', () => {
  test('from the first state, which follows on nothing, to the end', async () => {
    expect(await eventsOf({ a: { Type: 'Pass', Next: 'b' }, b: { Type: 'Succeed' } })).toEqual([
      '0 ExecutionStarted',
      '0 PassStateEntered a',
      '2 PassStateExited a',
      '3 SucceedStateEntered b',
      '4 SucceedStateExited b',
      '5 ExecutionSucceeded',
    ]);
  });

  test('around iterations: what follows a Map follows on its last iteration', async () => {
    expect(
      await eventsOf({ a: { Type: 'Map', Items: [1], ItemProcessor: block({ p: pass }), End: true } }),
    ).toEqual([
      '0 ExecutionStarted',
      '0 MapStateEntered a',
      '2 MapStateStarted',
      '3 MapIterationStarted a',
      '4 PassStateEntered p',
      '5 PassStateExited p',
      '6 MapIterationSucceeded a',
      '7 MapStateSucceeded',
      '7 MapStateExited a',
      '9 ExecutionSucceeded',
    ]);
  });

  test('where an expression cannot be evaluated: the failure stands in place of the entry', async () => {
    expect(
      await eventsOf({ a: { Type: 'Pass', Next: 'b' }, b: { ...pass, Output: '{% $nothing %}' } }),
    ).toEqual([
      '0 ExecutionStarted',
      '0 PassStateEntered a',
      '2 PassStateExited a',
      '3 PassStateEntered b',
      '3 EvaluationFailed States.QueryEvaluationError',
      '5 ExecutionFailed States.QueryEvaluationError',
    ]);
  });

  test('where a branch fails: what others were doing is told as aborted', async () => {
    const branches = [
      block({ f: call('Fail') }),
      block({ n: call('Never') }),
      block({ w: { Type: 'Wait', Seconds: 60, End: true } }),
    ];
    const events = await eventsOf({ a: { Type: 'Parallel', Branches: branches, End: true } });
    expect(events.slice(-6)).toEqual([
      '9 TaskFailed Broken',
      '11 TaskStateAborted',
      '11 TaskStateAborted',
      '11 WaitStateAborted',
      '11 ParallelStateFailed',
      '15 ExecutionFailed Broken',
    ]);
  });

  test('where an iteration fails: the others are told as aborted, each with its state', async () => {
    const processor = block({
      c: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'f' }], Default: 'n' },
      f: { Type: 'Fail', Error: 'Broken' },
      n: call('Never'),
    });
    const events = await eventsOf({ a: { Type: 'Map', Items: [0, 1], ItemProcessor: processor, End: true } });
    const failing = events.findIndex((event) => event.endsWith('FailStateEntered f')) + 1;
    expect(failing).toBeGreaterThan(0);
    expect(events.slice(-5)).toEqual([
      `${failing} MapIterationFailed a`,
      `${failing} MapIterationAborted a`,
      `${failing} TaskStateAborted`,
      `${failing} MapStateFailed`,
      `${events.length - 1} ExecutionFailed Broken`,
    ]);
  });

  test('where a Map is tried again: it has failed only after its last try', async () => {
    const events = await eventsOf({
      a: {
        ...{ Type: 'Map', Items: [1], ItemProcessor: block({ f: { Type: 'Fail', Error: 'E' } }), End: true },
        Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }],
      },
    });
    expect(events).toEqual([
      '0 ExecutionStarted',
      '0 MapStateEntered a',
      ...['2 MapStateStarted', '3 MapIterationStarted a', '4 FailStateEntered f', '5 MapIterationFailed a'],
      ...['5 MapStateStarted', '7 MapIterationStarted a', '8 FailStateEntered f', '9 MapIterationFailed a'],
      '9 MapStateFailed',
      '11 ExecutionFailed E',
    ]);
  });
});

test('what a branch has done is durable while the others go on', async () => {
  const database = new Database(':memory:');
  using run = new EngineRun({ WorkFunctionArn: async (name) => name }, { database });
  await run.start({
    both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'work', States: { work: callWork('work', { End: true }) } },
        { StartAt: 'wait', States: { wait: { Type: 'Wait', Seconds: 3_600, End: true } } },
      ],
      End: true,
    },
  });
  await run.quiet();
  expect(new EngineStore(database).read(1, 1, 100).at(-1)).toMatchObject({
    type: 'TaskStateExited',
    details: { name: 'work' },
  });
  database.close();
});
