import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { Admission } from '#engine/embedded/admission/admission.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { EmbeddedEngineOptions } from '#engine/embedded/engine-options.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import { Database } from '#storage/database.ts';

const CALL: JsonObject = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: {
    FunctionName: 'arn:aws:lambda:local:000000000000:function:Work',
    Payload: '{% $states.input %}',
  },
};
const ONE_CALL = { StartAt: 'call', States: { call: { ...CALL, End: true } } };
const WAIT_THEN_CALL = {
  StartAt: 'wait',
  States: { wait: { Type: 'Wait', Seconds: 60, Next: 'call' }, call: { ...CALL, End: true } },
};

/** A function whose calls end when they are told to. */
class Work {
  readonly #open: { readonly payload: Json; readonly end: () => void }[] = [];
  most = 0;

  readonly call = (payload: Json): Promise<Json> =>
    new Promise((resolve) => {
      this.#open.push({ payload, end: () => resolve(payload) });
      this.most = Math.max(this.most, this.#open.length);
    });

  get open(): readonly Json[] {
    return this.#open.map(({ payload }) => payload);
  }

  /** Ends the call that has been under way for longest. */
  async endOne(): Promise<void> {
    this.#open.shift()?.end();
    await quiet();
  }

  async endAll(): Promise<void> {
    while (this.#open.length > 0) await this.endOne();
  }
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await setImmediate();
}

interface Started {
  readonly engine: EmbeddedEngine;
  readonly work: Work;
  readonly clock: VirtualClock;
  start(machine: string, name: string): Promise<void>;
  status(machine: string, name: string): Promise<string | undefined>;
}

async function open(
  options: Partial<EmbeddedEngineOptions>,
  machines: Readonly<Record<string, JsonObject>>,
  work = new Work(),
): Promise<Started> {
  const clock = new VirtualClock(1_000);
  const engine = new EmbeddedEngine({
    ...{ database: new Database(':memory:'), clock, random: seededRandom(1), functions: { Work: work.call } },
    ...options,
  });
  for (const [name, definition] of Object.entries(machines))
    await engine.deploy({ name, definition: { QueryLanguage: 'JSONata', ...definition } });
  const refOf = (machine: string, name: string): ExecutionRef => ({ machine, name });
  return {
    ...{ engine, work, clock },
    start: async (machine, name) => {
      await engine.start(refOf(machine, name), name);
      await quiet();
    },
    status: async (machine, name) => (await engine.describe(refOf(machine, name)))?.status,
  };
}

test('no more executions work at once than may; the others are accepted, and begin in turn', async () => {
  const { engine, work, start, status } = await open({ admission: { maxRunning: 2 } }, { m: ONE_CALL });
  for (const name of ['a', 'b', 'c', 'd']) await start('m', name);
  expect(work.open).toEqual(['a', 'b']);
  expect([engine.working, engine.queued]).toEqual([2, 2]);
  expect(await status('m', 'c')).toBe('RUNNING');
  await work.endOne();
  expect(work.open).toEqual(['b', 'c']);
  await work.endAll();
  expect(work.most).toBe(2);
  for (const name of ['a', 'b', 'c', 'd']) expect(await status('m', name)).toBe('SUCCEEDED');
  expect([engine.working, engine.queued, engine.running]).toEqual([0, 0, 0]);
});

test('beyond the queue a start is refused with SW4081, leaves nothing behind, and is taken later', async () => {
  const { engine, work, start, status } = await open(
    { admission: { maxRunning: 1, maxQueued: 1 } },
    { m: ONE_CALL },
  );
  await start('m', 'a');
  await start('m', 'b');
  await expect(start('m', 'c')).rejects.toMatchObject({
    ...{ code: 'SW4081', kind: 'too-many-requests', retryAfterSeconds: 1 },
  });
  expect(await status('m', 'c')).toBeUndefined();
  // What runs is no new start: asked for again, it is there.
  await engine.start({ machine: 'm', name: 'b' }, 'b');
  await work.endOne();
  await start('m', 'c');
  await work.endAll();
  expect(await status('m', 'c')).toBe('SUCCEEDED');
});

test('a queue of 0 takes as many as may run', async () => {
  const { start } = await open({ admission: { maxRunning: 1, maxQueued: 0 } }, { m: ONE_CALL });
  await start('m', 'a');
  await expect(start('m', 'b')).rejects.toMatchObject({ code: 'SW4081' });
});

test.each<[string, JsonObject]>([
  ['a time', { StartAt: 'wait', States: { wait: { Type: 'Wait', Seconds: 60, End: true } } }],
  [
    'a token',
    {
      StartAt: 'ask',
      States: {
        ask: {
          ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', End: true },
          Arguments: {
            FunctionName: 'arn:aws:lambda:local:000000000000:function:Answered',
            Payload: '{% $states.context.Task.Token %}',
          },
        },
      },
    },
  ],
  [
    'a child',
    {
      StartAt: 'child',
      States: {
        child: {
          ...{ Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', End: true },
          Arguments: { StateMachineArn: 'arn:aws:states:local:000000000000:stateMachine:child', Input: {} },
        },
      },
    },
  ],
  [
    'its branches',
    {
      StartAt: 'both',
      States: {
        both: {
          Type: 'Parallel',
          Branches: [1, 2].map((n) => ({
            StartAt: `w${n}`,
            States: { [`w${n}`]: { Type: 'Wait', Seconds: 60, End: true } },
          })),
          End: true,
        },
      },
    },
  ],
])('an execution that waits for %s does not count', async (_, definition) => {
  const { engine, work, start } = await open(
    {
      admission: { maxRunning: 1, maxQueued: 0 },
      functions: { Answered: async () => null, Work: async () => null },
      machines: { Child: 'child' },
    },
    { m: definition, child: { StartAt: 'wait', States: { wait: { Type: 'Wait', Seconds: 60, End: true } } } },
  );
  for (const name of ['a', 'b', 'c']) await start('m', name);
  expect([engine.working, engine.queued]).toEqual([0, 0]);
  expect(engine.running).toBeGreaterThanOrEqual(3);
  expect(work.most).toBe(0);
});

test('a paused execution does not count', async () => {
  const { engine, start, clock } = await open(
    { admission: { maxRunning: 1, maxQueued: 0 } },
    { m: WAIT_THEN_CALL },
  );
  await start('m', 'a');
  await engine.pause({ machine: 'm', name: 'a' });
  await clock.advance(60_000);
  await quiet();
  expect(engine.working).toBe(0);
  await engine.resume({ machine: 'm', name: 'a' });
  await quiet();
  expect(engine.working).toBe(1);
});

test('those that are woken at once take turns, too', async () => {
  const { engine, work, start, clock } = await open({ admission: { maxRunning: 3 } }, { m: WAIT_THEN_CALL });
  for (let n = 0; n < 20; n++) await start('m', `e${n}`);
  expect(engine.working).toBe(0);
  await clock.advance(60_000);
  await quiet();
  expect(work.open).toHaveLength(3);
  expect(engine.working).toBe(3);
  await work.endAll();
  expect(work.most).toBe(3);
  expect(engine.running).toBe(0);
});

test('one that is stopped ends at once, in line or not', async () => {
  const { engine, work, start, status, clock } = await open(
    { admission: { maxRunning: 1 } },
    { m: ONE_CALL, w: WAIT_THEN_CALL },
  );
  await start('w', 'woken');
  await start('m', 'busy');
  await start('m', 'queued');
  await clock.advance(60_000);
  await quiet();
  for (const [machine, name] of [
    ['w', 'woken'],
    ['m', 'queued'],
  ] as const) {
    await engine.stop({ machine, name }, { error: 'Enough', cause: '' });
    expect(await status(machine, name)).toBe('ABORTED');
  }
  expect(work.open).toEqual(['busy']);
  await work.endAll();
  expect([engine.working, engine.queued, engine.running]).toEqual([0, 0, 0]);
  await start('m', 'next');
  expect(work.open).toEqual(['next']);
});

test('an accepted start survives the process, begun or not', async () => {
  const database = new Database(':memory:');
  const first = await open({ database, admission: { maxRunning: 1 } }, { m: ONE_CALL });
  for (const name of ['a', 'b', 'c']) await first.start('m', name);
  first.engine.close();
  const work = new Work();
  const next = await open({ database, admission: { maxRunning: 1 } }, {}, work);
  next.engine.recover();
  await quiet();
  expect(work.open).toEqual(['a']);
  await work.endAll();
  for (const name of ['a', 'b', 'c']) expect(await next.status('m', name)).toBe('SUCCEEDED');
});

test('what has been accepted starts its children and is undone, however full it is', async () => {
  const { engine, start } = await open({ admission: { maxRunning: 1, maxQueued: 0 } }, { m: ONE_CALL });
  await start('m', 'busy');
  await engine.start({ machine: 'm', name: 'child' }, {}, { isFollowUp: true });
  expect(engine.queued).toBe(1);
});

test('room that is reserved is taken from others until it is given back', async () => {
  const { engine, start } = await open({ admission: { maxRunning: 1, maxQueued: 0 } }, { m: ONE_CALL });
  {
    using _room = engine.reserve();
    await expect(start('m', 'a')).rejects.toMatchObject({ code: 'SW4081' });
    expect(() => engine.reserve()).toThrow(expect.objectContaining({ code: 'SW4081' }));
  }
  await start('m', 'a');
  engine.close();
  expect(() => engine.reserve()).toThrow(expect.objectContaining({ code: 'SW4017' }));
});

test('near the memory limit nothing is started, and what runs goes on', async () => {
  let used = 100;
  const memory = { limitBytes: 1_000, usedBytes: () => used };
  const { work, start, status } = await open({ admission: { memory } }, { m: ONE_CALL });
  await start('m', 'a');
  used = 900;
  await expect(start('m', 'b')).rejects.toMatchObject({
    ...{ code: 'SW4082', kind: 'too-many-requests', retryAfterSeconds: 10 },
  });
  await work.endAll();
  expect(await status('m', 'a')).toBe('SUCCEEDED');
  used = 899;
  await start('m', 'b');
});

test('a flood of one workflow lets another have every second turn, in any mix of starts and wakes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 5, max: 30 }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      async (maxRunning, flood, few, isWoken) => {
        const definition = isWoken ? WAIT_THEN_CALL : ONE_CALL;
        const { work, start, clock } = await open(
          { admission: { maxRunning } },
          { flood: definition, few: definition },
        );
        for (let n = 0; n < flood; n++) await start('flood', `flood ${n}`);
        for (let n = 0; n < few; n++) await start('few', `few ${n}`);
        if (isWoken) {
          await clock.advance(60_000);
          await quiet();
        }
        // The n-th of the few begins after at most n more of the flood, and those that were there before.
        const seen = new Set<Json>(work.open);
        for (let ended = 0; work.open.length > 0; ended++) {
          await work.endOne();
          for (const payload of work.open) seen.add(payload);
          const begun = [...seen].filter((payload) => String(payload).startsWith('few')).length;
          expect(begun).toBeGreaterThanOrEqual(Math.min(few, Math.floor(ended / 2)));
        }
        expect(seen.size).toBe(flood + few);
      },
    ),
    { numRuns: 15 },
  );
});

test('a machine that never waits gives others their turn between its states', async () => {
  const loop = {
    StartAt: 'count',
    States: {
      count: { Type: 'Pass', Output: '{% $states.input + 1 %}', Next: 'more' },
      more: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input < 2000 %}', Next: 'count' }],
        Default: 'end',
      },
      end: { Type: 'Pass', End: true },
    },
  };
  const { engine, work, status } = await open({ admission: { maxRunning: 1 } }, { loop, m: ONE_CALL });
  await engine.start({ machine: 'loop', name: 'l' }, 0);
  await engine.start({ machine: 'm', name: 'a' }, 'a');
  await quiet();
  expect(work.open).toEqual(['a']);
  expect(await status('loop', 'l')).toBe('RUNNING');
  await work.endAll();
  await engine.whenEnded({ machine: 'loop', name: 'l' });
  expect(await status('loop', 'l')).toBe('SUCCEEDED');
});

test('children of a distributed Map take the turns of their parent, versions those of their workflow', () => {
  const admission = new Admission({ maxRunning: 1, workflowOf: (machine) => machine.replace(/-\d+$/, '') });
  const begun: string[] = [];
  admission.force();
  for (const machine of ['m-1', 'm-1/each', 'm-2', 'other']) {
    admission.start(machine, () => {
      begun.push(machine);
      return false;
    });
  }
  admission.leave();
  return quiet().then(() => expect(begun).toEqual(['m-1', 'other', 'm-1/each', 'm-2']));
});
