import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { EngineStore } from '#engine/embedded/store.ts';
import { Database } from '#storage/database.ts';
import { EngineRun, NamedError } from '#support/engine-run.ts';

const invoke = (more: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: `\${WorkFunctionArn}`, Payload: '{% $states.context.State.RetryCount %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...more,
});

const ask = (more: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Arguments: { FunctionName: `\${AskFunctionArn}`, Payload: '{% $states.context.Task.Token %}' },
  End: true,
  ...more,
});

describe('a retry', () => {
  test('is counted also when the engine dies while the next one is waited for', async () => {
    const database = new Database(':memory:');
    using run = new EngineRun(
      {
        WorkFunctionArn: async () => {
          throw new NamedError('Busy');
        },
      },
      { database },
    );
    await run.start({ a: invoke({ Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }] }) });
    await run.quiet();
    expect(new EngineStore(database).read(1, 1, 100).at(-1)?.type).toBe('TaskFailed');
    database.close();
  });

  test.each([
    ['grows by its rate', { IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3 }, [2, 6, 18]],
    ['is capped', { IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 5 }, [2, 5, 5]],
    ['has the defaults of States Language', {}, [1, 2, 4]],
  ])('%s', async (_what, retrier, delays) => {
    const calledAt: number[] = [];
    using run = new EngineRun({
      WorkFunctionArn: async () => {
        calledAt.push(run.clock.now() / 1_000);
        throw new NamedError('Busy');
      },
    });
    const failed = await run.run({ a: invoke({ Retry: [{ ErrorEquals: ['Busy'], ...retrier }] }) });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'Busy' });
    expect(calledAt.slice(1).map((at, index) => at - (calledAt[index] ?? 0))).toEqual(delays);
  });

  test('with full jitter is drawn between nothing and its delay', async () => {
    using run = new EngineRun({
      WorkFunctionArn: async (tries) => {
        if (tries === 0) throw new NamedError('Busy');
        return 'done';
      },
    });
    const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 10, JitterStrategy: 'FULL' }];
    expect(await run.run({ a: invoke({ Retry }) })).toMatchObject({ output: 'done' });
    expect(run.clock.now()).toBeGreaterThan(0);
    expect(run.clock.now()).toBeLessThan(10_000);
  });

  test('counts each retrier apart', async () => {
    const errors = ['A', 'B', 'A', 'B'];
    using run = new EngineRun({
      WorkFunctionArn: async (tries) => {
        const error = errors[Number(tries)];
        if (error !== undefined) throw new NamedError(error);
        return tries;
      },
    });
    const Retry = ['A', 'B'].map((name) => ({ ErrorEquals: [name], IntervalSeconds: 1, MaxAttempts: 2 }));
    expect(await run.run({ a: invoke({ Retry }) })).toMatchObject({ status: 'SUCCEEDED', output: 4 });
  });
});

describe('a catch', () => {
  const caught = (ErrorEquals: string[]): Record<string, JsonObject> => ({
    a: invoke({ Catch: [{ ErrorEquals, Next: 'b', Output: '{% $states.errorOutput %}' }] }),
    b: { Type: 'Pass', End: true },
  });

  test.each([
    [['Named'], 'Named', true],
    [['Other'], 'Named', false],
    [['States.ALL'], 'Named', true],
    [['States.TaskFailed'], 'Named', true],
    [['States.TaskFailed'], 'States.Timeout', false],
    [['States.ALL'], 'States.DataLimitExceeded', true],
    [['States.ALL'], 'States.Runtime', false],
    [['States.Runtime'], 'States.Runtime', false],
    [['States.DataLimitExceeded'], 'States.DataLimitExceeded', true],
  ])('of %j takes %s: %s', async (names, error, isCaught) => {
    using run = new EngineRun({ WorkFunctionArn: () => Promise.reject(new NamedError(error, 'why')) });
    expect(await run.run(caught(names))).toMatchObject(
      isCaught ? { status: 'SUCCEEDED', output: { Error: error } } : { status: 'FAILED', error },
    );
  });

  test('takes the first that matches', async () => {
    using run = new EngineRun({ WorkFunctionArn: () => Promise.reject(new NamedError('A')) });
    const Catch = [
      { ErrorEquals: ['B'], Next: 'b' },
      { ErrorEquals: ['A'], Next: 'a2' },
      { ErrorEquals: ['States.ALL'], Next: 'b' },
    ];
    const { output } = await run.run({
      a: invoke({ Catch }),
      a2: { Type: 'Pass', Output: 'a2', End: true },
      b: { Type: 'Pass', Output: 'b', End: true },
    });
    expect(output).toBe('a2');
  });
});

describe('a task that waits for its token', () => {
  /** Runs one, and hands its token out. */
  async function waiting(more: JsonObject = {}) {
    let token = '';
    const run = new EngineRun({
      AskFunctionArn: async (payload) => {
        token = String(payload);
        return null;
      },
    });
    const ref = await run.start({ a: ask(more), b: { Type: 'Succeed' } });
    await run.quiet();
    return { run, ref, token };
  }

  test('ends with what its token is answered with, once', async () => {
    const { run, ref, token } = await waiting();
    using _ = run;
    expect(await run.engine.succeedTask(token, { n: 1 })).toBe('accepted');
    expect(await run.finish(ref)).toMatchObject({ status: 'SUCCEEDED', output: { n: 1 } });
    expect(await run.engine.succeedTask(token, { n: 2 })).toBe('gone');
  });

  test('fails as its token is failed', async () => {
    const { run, ref, token } = await waiting();
    using _ = run;
    await run.engine.failTask(token, { error: 'Device.Failed', cause: 'no' });
    expect(await run.finish(ref)).toMatchObject({ status: 'FAILED', error: 'Device.Failed', cause: 'no' });
  });

  test('is caught without a name when whoever failed it gave none, after the tries that it had', async () => {
    const { run, ref, token } = await waiting({
      Retry: [{ ErrorEquals: ['Other'] }],
      Catch: [
        {
          ...{ ErrorEquals: ['States.ALL'], Next: 'b' },
          Output: '{% [$states.errorOutput, $states.context.State.RetryCount] %}',
        },
      ],
    });
    using _ = run;
    await run.engine.failTask(token, { error: '', cause: '' });
    expect((await run.finish(ref)).output).toEqual([{ Error: null, Cause: null }, 0]);
  });

  test('times out, and its token is gone', async () => {
    const { run, ref, token } = await waiting({ TimeoutSeconds: 30 });
    using _ = run;
    expect(await run.finish(ref)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(run.clock.now()).toBe(30_000);
    expect(await run.engine.succeedTask(token, 1)).toBe('gone');
  });

  test('lives as long as its heart beats', async () => {
    const { run, ref, token } = await waiting({ HeartbeatSeconds: 10 });
    using _ = run;
    for (let beat = 0; beat < 5; beat++) {
      await run.clock.advance(9_000);
      expect(await run.engine.heartbeatTask(token)).toBe('accepted');
    }
    expect(await run.engine.describe(ref)).toMatchObject({ status: 'RUNNING' });
    expect(await run.finish(ref)).toMatchObject({ status: 'FAILED' });
    expect(run.clock.now()).toBe(55_000);
  });

  test('does not take the token of another, or one that was made up', async () => {
    const { run, token } = await waiting();
    using _ = run;
    const [content = ''] = token.split('.');
    for (const forged of ['', token.slice(0, -1), `${content}.1.AAAA`]) {
      expect(await run.engine.succeedTask(forged, 1)).toBe('gone');
    }
  });
});

test('a stop ends what waits, and takes no answer any more', async () => {
  let token = '';
  using run = new EngineRun({
    AskFunctionArn: async (payload) => {
      token = String(payload);
      return null;
    },
  });
  const ref = await run.start({ a: ask() });
  await run.quiet();
  await run.engine.stop(ref, { error: 'Operator', cause: 'enough' });
  expect(await run.engine.describe(ref)).toMatchObject({ status: 'ABORTED', error: 'Operator' });
  expect(await run.engine.succeedTask(token, 1)).toBe('gone');
});

test('a machine with a time limit ends when it is over', async () => {
  using run = new EngineRun();
  await run.engine.deploy({
    name: 'slow',
    definition: {
      QueryLanguage: 'JSONata',
      TimeoutSeconds: 60,
      StartAt: 'a',
      States: { a: { Type: 'Wait', Seconds: 3_600, End: true } },
    },
  });
  const ref = { machine: 'slow', name: 'one' };
  await run.engine.start(ref, {});
  expect(await run.finish(ref)).toMatchObject({ status: 'TIMED_OUT' });
  expect(run.clock.now()).toBe(60_000);
});

test('a result that is too large for a payload fails its state', async () => {
  using run = new EngineRun({ WorkFunctionArn: async () => 'x'.repeat(300_000) });
  expect(await run.run({ a: invoke() })).toMatchObject({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  });
});

test('branches that have ended give back the room of their variables', async () => {
  using run = new EngineRun();
  const text = `{% $pad('', 250000, 'x') %}`;
  const block = (count: number): JsonObject => ({
    StartAt: 's0',
    States: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `s${index}`,
        {
          ...{ Type: 'Pass', Assign: { [`v${index}`]: text }, Output: 1 },
          ...(index === count - 1 ? { End: true } : { Next: `s${index + 1}` }),
        },
      ]),
    ),
  });
  const each = { Type: 'Map', Items: [1, 2, 3], MaxConcurrency: 1, ItemProcessor: block(20), End: true };
  expect(await run.run({ each })).toMatchObject({ status: 'SUCCEEDED', output: [1, 1, 1] });
  using both = new EngineRun();
  const end = await both.run({ each: { ...each, MaxConcurrency: 3 } });
  expect(end).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

test('an input that is too large is refused before anything is started', async () => {
  using run = new EngineRun();
  const started = run.start({ a: { Type: 'Pass', End: true } }, 'x'.repeat(300_000));
  await expect(started).rejects.toMatchObject({ code: 'SW4016' });
  expect(await run.engine.describe({ machine: 'machine', name: 'one' })).toBeUndefined();
});

test('the end of an execution is told again until it is taken', async () => {
  const told: string[] = [];
  using run = new EngineRun(
    {},
    {
      onEnded: async ({ status }) => {
        told.push(status);
        if (told.length < 3) throw new Error('not now');
      },
    },
  );
  await run.run({ a: { Type: 'Pass', End: true } });
  while (told.length < 3) {
    await run.quiet();
    await run.clock.advance(1_000);
  }
  await run.clock.advance(3_600_000);
  await run.quiet();
  expect(told).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
});

test('an engine that is closed takes nothing more', async () => {
  using run = new EngineRun();
  await run.start({ a: { Type: 'Pass', End: true } });
  run.engine.close();
  const started = run.engine.start({ machine: 'machine', name: 'two' }, {});
  await expect(started).rejects.toMatchObject({ code: 'SW4017', kind: 'unavailable' });
});

test.each([
  ['a start that names no state', { StartAt: 'b', States: { a: { Type: 'Pass', End: true } } }],
  ['a next that names no state', { StartAt: 'a', States: { a: { Type: 'Pass', Next: 'b' } } }],
  ['an unknown type', { StartAt: 'a', States: { a: { Type: 'Loop', End: true } } }],
  ['no states', { StartAt: 'a', States: {} }],
])('a definition with %s is refused, with its place', async (_what, definition) => {
  using run = new EngineRun();
  const deployed = run.engine.deploy({
    name: 'bad',
    definition: { QueryLanguage: 'JSONata', ...definition },
  });
  await expect(deployed).rejects.toMatchObject({ code: 'SW4011', kind: 'invalid' });
});
