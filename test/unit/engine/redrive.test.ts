import { expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import type { EngineFunction } from '#engine/embedded/task-services.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { callWork, EngineRun, NamedError } from '#support/engine-run.ts';

const DAY = 86_400_000;

/** A worker that fails what it is told to, and keeps what it was called for, with the key of the try. */
class Work {
  readonly calls: string[] = [];
  readonly keys: string[] = [];
  readonly failing = new Set<string>();
  readonly functions: Record<string, EngineFunction> = {
    WorkFunctionArn: async (payload, { idempotencyKey }) => {
      this.calls.push(String(payload));
      this.keys.push(idempotencyKey);
      if (this.failing.has(String(payload))) throw new NamedError('Broken');
      return `${String(payload)} done`;
    },
  };
}

function typesOf(events: readonly HistoryEvent[]): string[] {
  return events.map(({ type }) => type);
}

async function redriven(run: EngineRun, ref: ExecutionRef) {
  await run.engine.redrive(ref);
  return run.finish(ref);
}

test('a redrive runs the failed state again, and keeps what was done before', async () => {
  const work = new Work();
  using run = new EngineRun(work.functions);
  work.failing.add('b');
  const ref = await run.start({
    a: callWork('a', { Assign: { kept: '{% $states.result.Payload %}' }, Next: 'b' }),
    b: callWork('b', { Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }], Next: 'c' }),
    c: { Type: 'Pass', Output: '{% [$kept, $states.input] %}', End: true },
  });
  expect(await run.finish(ref)).toMatchObject({ status: 'FAILED', error: 'Broken' });
  const before = await run.engine.history(ref, 0);
  work.failing.clear();

  expect(await run.engine.redrive(ref)).toEqual({ redriveCount: 1, redrivenAt: run.clock.now() });
  expect(await run.finish(ref)).toMatchObject({
    status: 'SUCCEEDED',
    output: ['a done', 'b done'],
    redriveCount: 1,
  });
  expect(work.calls).toEqual(['a', 'b', 'b', 'b']);
  const events = await run.engine.history(ref, 0);
  expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
  const [redrive, scheduled, ...after] = events.slice(before.length);
  expect(redrive).toMatchObject({ type: 'ExecutionRedriven', details: { redriveCount: 1 } });
  expect(scheduled).toMatchObject({ type: 'TaskScheduled', previousEventId: redrive?.id });
  expect(typesOf(after)).toEqual([
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'PassStateEntered',
    'PassStateExited',
    'ExecutionSucceeded',
  ]);
});

test('every try of a redriven task has a key of its own, and retries start afresh', async () => {
  const work = new Work();
  using run = new EngineRun(work.functions);
  work.failing.add('a');
  const ref = await run.start({
    a: callWork('a', { Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 2 }], End: true }),
  });
  await run.finish(ref);
  await redriven(run, ref);
  expect(await redriven(run, ref)).toMatchObject({ status: 'FAILED', redriveCount: 2 });
  expect(work.calls).toHaveLength(9);
  expect(new Set(work.keys).size).toBe(9);
});

test('of a Parallel state, only the branches run again that did not succeed', async () => {
  const work = new Work();
  using run = new EngineRun(work.functions);
  work.failing.add('right2');
  const branch = (name: string): JsonObject => ({
    StartAt: `${name}1`,
    States: {
      [`${name}1`]: callWork(`${name}1`, { Next: `${name}2` }),
      [`${name}2`]: callWork(`${name}2`, { End: true }),
    },
  });
  const cutOff = { StartAt: 'long', States: { long: { Type: 'Wait', Seconds: 60, End: true } } };
  const ref = await run.start({
    both: { Type: 'Parallel', Branches: [branch('left'), branch('right'), cutOff], Next: 'end' },
    end: { Type: 'Pass', End: true },
  });
  await run.finish(ref);
  expect(work.calls.toSorted()).toEqual(['left1', 'left2', 'right1', 'right2']);
  work.failing.clear();
  const { status, output } = await redriven(run, ref);
  expect(status).toBe('SUCCEEDED');
  expect(output).toEqual(['left2 done', 'right2 done', {}]);
  expect(work.calls.slice(4)).toEqual(['right2']);
  const types = typesOf(await run.engine.history(ref, 0));
  expect(types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(1);
});

test('of a Map state, only the iterations run again that did not succeed, also inside another', async () => {
  const work = new Work();
  using run = new EngineRun(work.functions);
  work.failing.add('1.0').add('2.1');
  const ref = await run.start({
    outer: {
      Type: 'Map',
      Items: [0, 1, 2],
      MaxConcurrency: 1,
      ItemProcessor: {
        StartAt: 'inner',
        States: {
          inner: {
            Type: 'Map',
            Items: "{% [0, 1].($states.input & '.' & $) %}",
            MaxConcurrency: 1,
            ItemProcessor: {
              StartAt: 'item',
              States: { item: { ...callWork('', { End: true }), Arguments: itemArguments() } },
            },
            End: true,
          },
        },
      },
      End: true,
    },
  });
  expect((await run.finish(ref)).status).toBe('FAILED');
  work.failing.delete('1.0');
  expect((await redriven(run, ref)).status).toBe('FAILED');
  work.failing.clear();
  const { output } = await redriven(run, ref);
  expect(output).toEqual([0, 1, 2].map((n) => [`${n}.0 done`, `${n}.1 done`]));
  expect(work.calls).toEqual(['0.0', '0.1', '1.0', '1.0', '1.1', '2.0', '2.1', '2.1']);
});

function itemArguments(): JsonObject {
  return { FunctionName: `\${WorkFunctionArn}`, Payload: '{% $states.input %}' };
}

test('of a block that was tried several times, the last try goes on', async () => {
  const work = new Work();
  using run = new EngineRun(work.functions);
  work.failing.add('b');
  const block = {
    StartAt: 'a',
    States: { a: callWork('a', { Next: 'b' }), b: callWork('b', { End: true }) },
  };
  const ref = await run.start({
    block: {
      Type: 'Parallel',
      Branches: [block],
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
      End: true,
    },
  });
  await run.finish(ref);
  work.failing.clear();
  expect((await redriven(run, ref)).output).toEqual(['b done']);
  expect(work.calls).toEqual(['a', 'b', 'a', 'b', 'b']);
});

test('the context object tells of the redrive, and the timeout of the machine starts anew', async () => {
  using run = new EngineRun();
  const states = {
    wait: { Type: 'Wait', Seconds: 50, Next: 'told' },
    told: { Type: 'Pass', Output: '{% $states.context.Execution %}', End: true },
  };
  await run.engine.deploy({
    name: 'timed',
    definition: { QueryLanguage: 'JSONata', TimeoutSeconds: 40, StartAt: 'wait', States: states },
  });
  const ref = { machine: 'timed', name: 'one' };
  await run.engine.start(ref, {});
  expect((await run.finish(ref)).status).toBe('TIMED_OUT');
  await run.clock.advance(5_000);
  const { redrivenAt } = await run.engine.redrive(ref);
  const { status, output } = await run.finish(ref);
  // The wait counts from when it was entered, and is over 5 s after the redrive.
  expect(status).toBe('SUCCEEDED');
  expect(output).toMatchObject({ RedriveCount: 1, RedriveTime: new Date(redrivenAt).toISOString() });
});

test('a state can be left with a given result instead of being run again', async () => {
  const work = new Work();
  using run = new EngineRun(work.functions);
  work.failing.add('a');
  const ref = await run.start({
    a: callWork('a', {
      Output: '{% $states.result.Payload & "!" %}',
      Assign: { seen: '{% $states.result.Payload %}' },
      Next: 'b',
    }),
    b: { Type: 'Pass', Output: '{% [$seen, $states.input] %}', End: true },
  });
  await run.finish(ref);
  await run.engine.redrive(ref, { skip: { enteredId: 2, result: { Payload: 'mine' } } });
  expect(await run.finish(ref)).toMatchObject({ status: 'SUCCEEDED', output: ['mine', 'mine!'] });
  expect(work.calls).toEqual(['a']);
});

test('a state that was left can be run again from its beginning', async () => {
  const work = new Work();
  using run = new EngineRun(work.functions);
  const ref = await run.start({ a: callWork('a', { Next: 'fail' }), fail: { Type: 'Fail', Error: 'Never' } });
  await run.finish(ref);
  await run.engine.redrive(ref, { rewindTo: [2] });
  await run.finish(ref);
  expect(work.calls).toEqual(['a', 'a']);
});

test('an execution goes on with another machine, which has what was done unchanged', async () => {
  const work = new Work();
  using run = new EngineRun(work.functions);
  work.failing.add('b');
  const a = callWork('a', { Next: 'b' });
  const ref = await run.start({ a, b: callWork('b', { End: true }) });
  await run.finish(ref);
  await run.engine.deploy({
    name: 'next',
    definition: { QueryLanguage: 'JSONata', StartAt: 'a', States: { a, b: callWork('c', { End: true }) } },
  });
  await run.engine.redrive(ref, { machine: 'next' });
  const moved = { machine: 'next', name: ref.name };
  expect(await run.finish(moved)).toMatchObject({ ref: moved, status: 'SUCCEEDED', output: 'c done' });
  expect(await run.engine.describe(ref)).toBeUndefined();
});

test('what runs, has succeeded, is too old or too long is not redriven', async () => {
  const work = new Work();
  using run = new EngineRun(work.functions, { limits: { historyEvents: 16 } });
  const refusal = async (ref: ExecutionRef): Promise<unknown> =>
    run.engine.redrive(ref).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : error),
    );
  const waiting = await run.start({ wait: { Type: 'Wait', Seconds: 9, End: true } }, {}, 'waits');
  expect(await refusal(waiting)).toContain('Execution is RUNNING');
  await run.finish(waiting);
  expect(await refusal(waiting)).toContain('Execution is SUCCEEDED');

  work.failing.add('a');
  await run.engine.deploy({
    name: 'failing',
    definition: { QueryLanguage: 'JSONata', StartAt: 'a', States: { a: callWork('a', { End: true }) } },
  });
  const failed = { machine: 'failing', name: 'one' };
  await run.engine.start(failed, {});
  await run.finish(failed);
  await run.clock.advance(14 * DAY);
  expect((await redriven(run, failed)).status).toBe('FAILED');
  await run.clock.advance(14 * DAY + 1);
  expect(await refusal(failed)).toContain('14 days');
  const long = { ...failed, name: 'two' };
  await run.engine.start(long, {});
  await run.finish(long);
  await redriven(run, long);
  await redriven(run, long);
  expect(await refusal(long)).toContain('16 of 16 events');
  await expect(run.engine.redrive({ ...failed, name: 'none' })).rejects.toMatchObject({ code: 'SW4014' });
  await expect(run.engine.redrive(failed)).rejects.toMatchObject({ code: 'SW4060' });
});

test('the end of each run is told once', async () => {
  const work = new Work();
  const told: string[] = [];
  using run = new EngineRun(work.functions, {
    onEnded: async ({ status }) => {
      told.push(status);
    },
  });
  work.failing.add('a');
  const ref = await run.start({ a: callWork('a', { End: true }) });
  await run.finish(ref);
  work.failing.clear();
  await redriven(run, ref);
  await run.quiet();
  expect(told).toEqual(['FAILED', 'SUCCEEDED']);
});
