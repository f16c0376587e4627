import { expect, test } from 'vitest';
import { callWork, EngineRun, NamedError } from '#support/engine-run.ts';

test('a paused execution finishes what is under way, and enters no state until it is resumed', async () => {
  const finish: (() => void)[] = [];
  using run = new EngineRun({
    WorkFunctionArn: (payload) => new Promise((resolve) => finish.push(() => resolve(payload))),
  });
  const ref = await run.start({ a: callWork('a', { Next: 'b' }), b: callWork('b', { End: true }) });
  await run.quiet();
  await run.engine.pause(ref);
  expect(await run.engine.describe(ref)).toMatchObject({ status: 'RUNNING', isPaused: true });
  finish[0]?.();
  await run.quiet();
  const events = await run.engine.history(ref, 0);
  expect(events.at(-1)).toMatchObject({ type: 'TaskStateExited', details: { name: 'a' } });
  expect(finish).toHaveLength(1);

  await run.engine.resume(ref);
  await run.quiet();
  expect(finish).toHaveLength(2);
  finish[1]?.();
  const ended = await run.finish(ref);
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: 'b' });
  expect(ended.isPaused).toBeUndefined();
});

test('timers that fall due while an execution is paused are taken when it is resumed', async () => {
  using run = new EngineRun();
  const ref = await run.start({
    wait: { Type: 'Wait', Seconds: 60, Next: 'after' },
    after: { Type: 'Pass', End: true },
  });
  await run.quiet();
  await run.engine.pause(ref);
  await run.clock.advance(3_600_000);
  await run.quiet();
  expect((await run.engine.history(ref, 0)).at(-1)?.type).toBe('WaitStateExited');
  await run.engine.resume(ref);
  await run.quiet();
  expect(await run.engine.describe(ref)).toMatchObject({ status: 'SUCCEEDED', endedAt: run.clock.now() });
});

test('nothing is tried again while an execution is paused, and branches wait each by itself', async () => {
  let calls = 0;
  using run = new EngineRun({
    WorkFunctionArn: async () => {
      calls++;
      throw new NamedError('Broken');
    },
  });
  const retried = callWork('a', { Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }], End: true });
  const ref = await run.start({
    both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'a', States: { a: retried } },
        {
          StartAt: 'w',
          States: { w: { Type: 'Wait', Seconds: 1, Next: 'x' }, x: { Type: 'Pass', End: true } },
        },
      ],
      End: true,
    },
  });
  await run.quiet();
  await run.engine.pause(ref);
  await run.clock.advance(60_000);
  await run.quiet();
  expect(calls).toBe(1);
  await run.engine.resume(ref);
  expect((await run.finish(ref)).status).toBe('FAILED');
  expect(calls).toBe(2);
});

test('a paused execution can be stopped, and is not paused any more when it is redriven', async () => {
  using run = new EngineRun();
  const ref = await run.start({
    wait: { Type: 'Wait', Seconds: 1, Next: 'after' },
    after: { Type: 'Pass', End: true },
  });
  await run.engine.pause(ref);
  await run.clock.advance(2_000);
  await run.quiet();
  await run.engine.stop(ref, { error: 'Operator', cause: 'enough' });
  const stopped = await run.engine.describe(ref);
  expect(stopped).toMatchObject({ status: 'ABORTED', error: 'Operator' });
  expect(stopped?.isPaused).toBeUndefined();
  await run.engine.redrive(ref);
  expect(await run.finish(ref)).toMatchObject({ status: 'SUCCEEDED' });
});

test('what has ended is not paused, and what was never started is unknown', async () => {
  using run = new EngineRun();
  const ref = await run.start({ a: { Type: 'Pass', End: true } });
  await run.finish(ref);
  await run.engine.pause(ref);
  expect((await run.engine.describe(ref))?.isPaused).toBeUndefined();
  const unknown = { ...ref, name: 'none' };
  await expect(run.engine.pause(unknown)).rejects.toMatchObject({ code: 'SW4014' });
  await expect(run.engine.resume(unknown)).rejects.toMatchObject({ code: 'SW4014' });
});

test('a Wait state is skipped once, with the result that is given', async () => {
  using run = new EngineRun();
  const ref = await run.start({
    wait: { Type: 'Wait', Seconds: 86_400, Output: '{% $states.result %}', Next: 'after' },
    after: { Type: 'Pass', End: true },
  });
  await run.quiet();
  const skip = { enteredId: 2, result: { by: 'hand' } };
  expect(await run.engine.skipWait(ref, { ...skip, enteredId: 1 })).toBe('gone');
  expect(await run.engine.skipWait(ref, skip)).toBe('accepted');
  await run.quiet();
  const ended = await run.engine.describe(ref);
  expect(ended).toMatchObject({ status: 'SUCCEEDED', endedAt: run.clock.now() });
  expect(await run.engine.skipWait(ref, skip)).toBe('gone');
});
