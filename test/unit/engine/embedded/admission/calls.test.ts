import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { EmbeddedEngineOptions } from '#engine/embedded/engine-options.ts';
import type { ServiceRequest } from '#engine/embedded/services/caller.ts';
import { Database } from '#storage/database.ts';

const call = (token: string, more: JsonObject = {}): JsonObject => ({
  StartAt: 'call',
  States: {
    call: {
      Type: 'Task',
      Resource: `arn:aws:lambda:local:000000000000:function:${token}`,
      ...more,
      End: true,
    },
  },
});

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await setImmediate();
}

/** Calls that are under way. */
class Handler {
  readonly ends: ((value: Json) => void)[] = [];
  calls = 0;

  readonly call = (): Promise<Json> => {
    this.calls += 1;
    return new Promise((resolve) => this.ends.push(resolve));
  };
}

async function open(options: Partial<EmbeddedEngineOptions>, machines: Readonly<Record<string, JsonObject>>) {
  const clock = new VirtualClock(1_000);
  const slow = new Handler();
  const database = new Database(':memory:');
  const engine = new EmbeddedEngine({
    ...{ database, clock, random: seededRandom(1) },
    functions: { Slow: slow.call, Quick: async () => 'quick' },
    ...options,
  });
  for (const [name, definition] of Object.entries(machines))
    await engine.deploy({ name, definition: { QueryLanguage: 'JSONata', ...definition } });
  const start = async (machine: string, name: string): Promise<void> => {
    await engine.start({ machine, name }, {});
    await quiet();
  };
  const status = async (machine: string, name: string) => engine.describe({ machine, name });
  return { engine, clock, slow, start, status, database };
}

test('a function that hangs takes its own places, and those of nobody else', async () => {
  const { slow, start, status, engine } = await open(
    { admission: { maxRunning: 3 }, calls: { maxCallsPerFunction: 2 } },
    { slow: call('Slow'), quick: call('Quick') },
  );
  for (let n = 0; n < 20; n++) await start('slow', `s${n}`);
  await start('quick', 'q');
  expect(slow.calls).toBe(2);
  expect(await status('quick', 'q')).toMatchObject({ status: 'SUCCEEDED', output: 'quick' });
  expect(engine.working).toBe(2);
  for (let n = 0; n < 20; n++) {
    slow.ends.shift()?.(null);
    await quiet();
  }
  expect(slow.calls).toBe(20);
  expect(engine.running).toBe(0);
});

test('a function may have a limit of its own', async () => {
  const { slow, start } = await open({ calls: { maxCallsOf: { Slow: 1 } } }, { slow: call('Slow') });
  await start('slow', 'a');
  await start('slow', 'b');
  expect(slow.calls).toBe(1);
});

test('the timeout of a task ends one that hangs, or waits for its turn, and frees the place', async () => {
  const { slow, start, status, clock, engine } = await open(
    { calls: { maxCallsPerFunction: 1 } },
    { slow: call('Slow', { TimeoutSeconds: 30 }) },
  );
  await start('slow', 'hangs');
  await clock.advance(10_000);
  await start('slow', 'waits');
  expect(slow.calls).toBe(1);
  await clock.advance(20_000);
  await quiet();
  expect(await status('slow', 'hangs')).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(slow.calls).toBe(2);
  await clock.advance(10_000);
  await quiet();
  expect(await status('slow', 'waits')).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect([engine.running, engine.working]).toEqual([0, 0]);
});

test('a task without a timeout is bounded by the time a call may take', async () => {
  const { start, status, clock } = await open({ calls: { callTimeoutMs: 900_000 } }, { slow: call('Slow') });
  await start('slow', 'first');
  await clock.advance(1_000);
  await start('slow', 'second');
  await clock.advance(899_000);
  await quiet();
  expect(await status('slow', 'first')).toMatchObject({
    ...{ status: 'FAILED', error: 'Sandbox.Timedout', cause: expect.stringContaining('900.00 seconds') },
  });
  expect(await status('slow', 'second')).toMatchObject({ status: 'RUNNING' });
  await clock.advance(1_000);
  await quiet();
  expect(await status('slow', 'second')).toMatchObject({ status: 'FAILED' });
  expect(await clock.advanceToNext()).toBe(false);
});

test('a function that throws before it gives a promise fails its task, and keeps no place', async () => {
  const { start, status, engine } = await open(
    {
      functions: {
        Broken: () => {
          throw new RangeError('no');
        },
      },
      calls: { maxCallsPerFunction: 1 },
    },
    { m: call('Broken') },
  );
  for (const name of ['a', 'b']) {
    await start('m', name);
    expect(await status('m', name)).toMatchObject({ status: 'FAILED', error: 'RangeError' });
  }
  expect(engine.working).toBe(0);
});

const TWO_CALLS: JsonObject = {
  StartAt: 'one',
  States: {
    one: { Type: 'Task', Resource: 'arn:aws:lambda:local:000000000000:function:Slow', Next: 'two' },
    two: { Type: 'Task', Resource: 'arn:aws:lambda:local:000000000000:function:Slow', End: true },
  },
};

test('a drain lets calls end, begins none, and takes no starts; what runs goes on at the next start', async () => {
  const { engine, slow, start, clock, database } = await open(
    { admission: { maxRunning: 1 } },
    { m: TWO_CALLS },
  );
  await start('m', 'a');
  await start('m', 'queued');
  const drained = engine.drain(clock.now() + 30_000);
  await expect(start('m', 'b')).rejects.toMatchObject({ code: 'SW4017', kind: 'unavailable' });
  slow.ends.shift()?.('first');
  expect(await drained).toBe(0);
  engine.close();
  expect(slow.calls).toBe(1);

  const next = await open({ database, admission: { maxRunning: 1 } }, {});
  const again = new EmbeddedEngine({
    ...{ database, clock: next.clock, functions: { Slow: next.slow.call } },
  });
  again.recover();
  await quiet();
  // The first state of "a" is not done again.
  const events = await again.history({ machine: 'm', name: 'a' }, 0);
  expect(
    events.filter(({ type }) => type === 'TaskScheduled' || type === 'LambdaFunctionScheduled'),
  ).toHaveLength(2);
  expect(next.slow.calls).toBe(2);
});

test('a drain waits no longer than it may, and what is cut off is called again under the same key', async () => {
  const keys: string[] = [];
  const never = (_: Json, { idempotencyKey }: { idempotencyKey: string }): Promise<Json> => {
    keys.push(idempotencyKey);
    return new Promise(() => {});
  };
  const { engine, start, clock, database } = await open({ functions: { Slow: never } }, { m: call('Slow') });
  await start('m', 'a');
  const drained = engine.drain(clock.now() + 30_000);
  await clock.advance(30_000);
  expect(await drained).toBe(1);
  engine.close();
  new EmbeddedEngine({ database, clock, functions: { Slow: never } }).recover();
  await quiet();
  expect(keys).toEqual([keys[0], keys[0]]);
});

test('no timer outlives the engine', async () => {
  const { engine, start, clock } = await open(
    {},
    { m: { StartAt: 'w', States: { w: { Type: 'Wait', Seconds: 60, End: true } } } },
  );
  await start('m', 'a');
  engine.close();
  expect(await clock.advanceToNext()).toBe(false);
});

const SYNC: JsonObject = {
  StartAt: 'job',
  States: {
    job: { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', Arguments: {}, End: true },
  },
};

test('a drain neither waits for a submitted job nor tells it to stop, and takes no failure that it causes itself', async () => {
  const requests: ServiceRequest[] = [];
  const fails: (() => void)[] = [];
  const services = {
    call: async (request: ServiceRequest): Promise<Json> => {
      requests.push(request);
      if (request.submitted === undefined) await request.onSubmitted?.({ JobId: '7' });
      return new Promise((_, reject) => fails.push(() => reject(new Error('the connection was closed'))));
    },
    close: async () => {},
  };
  const { engine, start, status, clock, database } = await open({ services }, { m: SYNC });
  await start('m', 'a');
  expect(engine.working).toBe(0);
  expect(await engine.drain(clock.now() + 30_000)).toBe(0);
  engine.close();
  fails[0]?.();
  await quiet();
  expect(requests[0]?.signal.aborted).toBe(false);
  expect(await status('m', 'a')).toMatchObject({ status: 'RUNNING' });
  new EmbeddedEngine({ database, clock, functions: {}, services }).recover();
  await quiet();
  expect(requests[1]?.submitted).toEqual({ JobId: '7' });
});

test('a job that is really given up is told', async () => {
  const signals: AbortSignal[] = [];
  const services = {
    call: async ({ signal, onSubmitted }: ServiceRequest): Promise<Json> => {
      signals.push(signal);
      await onSubmitted?.({ JobId: '7' });
      return new Promise(() => {});
    },
    close: async () => {},
  };
  const { engine, start } = await open({ services }, { m: SYNC });
  await start('m', 'a');
  await engine.stop({ machine: 'm', name: 'a' }, { error: 'Enough', cause: '' });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});
