import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { Database } from '#storage/database.ts';
import { callWork, NamedError } from '#support/engine-run.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-intervention-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MACHINE = {
  name: 'machine',
  definition: {
    QueryLanguage: 'JSONata',
    StartAt: 'first',
    States: {
      first: callWork('first', { Next: 'both' }),
      both: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'left',
            States: { left: callWork('left', { Next: 'left2' }), left2: callWork('left2', { End: true }) },
          },
          {
            StartAt: 'each',
            States: {
              each: {
                Type: 'Map',
                Items: [1, 2, 3],
                MaxConcurrency: 1,
                ItemProcessor: {
                  StartAt: 'item',
                  States: {
                    item: {
                      ...callWork('', { End: true }),
                      Arguments: { FunctionName: `\${WorkFunctionArn}`, Payload: '{% $states.input %}' },
                    },
                  },
                },
                End: true,
              },
            },
          },
        ],
        Next: 'pause',
      },
      pause: { Type: 'Wait', Seconds: 3_600, Next: 'last' },
      last: callWork('last', {
        Output: { before: '{% $states.input %}', last: '{% $states.result.Payload %}' },
        End: true,
      }),
    },
  },
};
const REF = { machine: 'machine', name: 'one' };

interface Opened {
  readonly engine: EmbeddedEngine;
  readonly calls: string[];
  quiet(): Promise<void>;
  close(): void;
}

interface Opening {
  readonly path: string;
  readonly clock: VirtualClock;
  readonly failing?: string;
  onStep?(): void;
}

function open({ path, clock, failing, onStep = () => {} }: Opening): Opened {
  const database = new Database(path);
  const calls: string[] = [];
  let news = 0;
  const stepped = (): void => {
    news++;
    onStep();
  };
  const engine = new EmbeddedEngine({
    ...{ database, clock, random: seededRandom(1), onEvents: stepped },
    functions: {
      WorkFunctionArn: async (payload) => {
        calls.push(String(payload));
        stepped();
        if (String(payload) === failing) throw new NamedError('Broken');
        return `${String(payload)} done`;
      },
    },
  });
  const quiet = async (): Promise<void> => {
    for (let seen = news, turns = 0; turns < 30; turns = news === seen ? turns + 1 : 0, seen = news)
      await setImmediate();
  };
  const close = (): void => {
    engine.close();
    database.close();
  };
  return { engine, calls, quiet, close };
}

/** What a crash at this instant would leave on disk. */
function snapshot(from: string, to: string): void {
  for (const suffix of ['', '-wal']) {
    if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${to}${suffix}`);
  }
}

interface Image {
  readonly path: string;
  readonly now: number;
}

/** A file with an execution of which the second iteration has failed. */
async function failedOnce(path: string, clock: VirtualClock): Promise<void> {
  const before = open({ path, clock, failing: '2' });
  await before.engine.deploy(MACHINE);
  await before.engine.start(REF, {});
  await before.quiet();
  expect(await before.engine.describe(REF)).toMatchObject({ status: 'FAILED' });
  before.close();
}

test('whenever it crashes after a redrive, an execution ends as it would have, and does nothing twice', async () => {
  const path = join(folder, 'whole.db');
  const clock = new VirtualClock();
  await failedOnce(path, clock);
  const images: Image[] = [];
  const whole = open({
    path,
    clock,
    onStep: () => {
      const image = join(folder, `image-${images.length}.db`);
      snapshot(path, image);
      images.push({ path: image, now: clock.now() });
    },
  });
  await whole.engine.redrive(REF);
  await whole.quiet();
  await clock.advance(3_600_000);
  await whole.quiet();
  const expected = await whole.engine.describe(REF);
  expect(expected).toMatchObject({
    status: 'SUCCEEDED',
    output: { before: ['left2 done', ['1 done', '2 done', '3 done']], last: 'last done' },
  });
  expect(whole.calls).not.toContain('first');
  expect(whole.calls).not.toContain('1');
  expect(images.length).toBeGreaterThan(10);
  whole.close();

  for (const image of images) {
    const now = new VirtualClock(image.now);
    const after = open({ path: image.path, clock: now });
    const before = await after.engine.history(REF, 0);
    after.engine.recover();
    await after.quiet();
    await now.advance(3_600_000);
    await after.quiet();
    const ended = await after.engine.describe(REF);
    expect(ended?.output).toEqual(expected?.output);
    expect(ended?.redriveCount).toBe(1);
    const events = await after.engine.history(REF, 0);
    expect(events.slice(0, before.length)).toEqual(before);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
    const redrivenAt = before.findIndex(({ type }) => type === 'ExecutionRedriven');
    const done = before.slice(redrivenAt).filter(({ type }) => type === 'TaskSucceeded').length;
    expect(after.calls).toHaveLength(whole.calls.length - done);
    after.close();
  }
}, 60_000);

test('a paused execution is still paused after a crash, and goes on when it is resumed', async () => {
  const path = join(folder, 'paused.db');
  const clock = new VirtualClock();
  const first = open({ path, clock });
  await first.engine.deploy(MACHINE);
  await first.engine.start(REF, {});
  await first.quiet();
  await first.engine.pause(REF);
  await clock.advance(7_200_000);
  await first.quiet();
  const image = join(folder, 'image.db');
  snapshot(path, image);
  first.close();

  const second = open({ path: image, clock });
  second.engine.recover();
  await second.quiet();
  expect(await second.engine.describe(REF)).toMatchObject({ status: 'RUNNING', isPaused: true });
  expect(second.calls).toEqual([]);
  await second.engine.resume(REF);
  await second.quiet();
  expect(await second.engine.describe(REF)).toMatchObject({ status: 'SUCCEEDED' });
  expect(second.calls).toEqual(['last']);
  second.close();
});

test('a state that was skipped stays skipped after a crash', async () => {
  const path = join(folder, 'skipped.db');
  const clock = new VirtualClock();
  await failedOnce(path, clock);
  const first = open({ path, clock });
  const entered = (await first.engine.history(REF, 0)).findLast(({ type }) => type === 'TaskStateEntered');
  const skip = { enteredId: entered?.id ?? 0, result: { Payload: 'by hand' } };
  await first.engine.redrive(REF, { skip });
  const image = join(folder, 'image.db');
  snapshot(path, image);
  first.close();

  const second = open({ path: image, clock });
  second.engine.recover();
  await second.quiet();
  const wait = (await second.engine.history(REF, 0)).findLast(({ type }) => type === 'WaitStateEntered');
  expect(await second.engine.skipWait(REF, { enteredId: wait?.id ?? 0, result: null })).toBe('accepted');
  await second.quiet();
  expect(await second.engine.describe(REF)).toMatchObject({
    status: 'SUCCEEDED',
    output: { before: ['left2 done', ['1 done', 'by hand', '3 done']], last: 'last done' },
  });
  expect(second.calls).not.toContain('2');
  second.close();
});

test('a state that was skipped before its next try stays skipped after a crash, whatever it tried before', async () => {
  const path = join(folder, 'tried.db');
  const clock = new VirtualClock();
  const first = open({ path, clock, failing: 'again' });
  const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }];
  const inner = { StartAt: 'again', States: { again: callWork('again', { End: true }) } };
  const states = {
    both: { Type: 'Parallel', Branches: [inner], Retry, Next: 'last' },
    last: callWork('last', { End: true }),
  };
  await first.engine.deploy({
    name: 'machine',
    definition: { QueryLanguage: 'JSONata', StartAt: 'both', States: states },
  });
  await first.engine.start(REF, {});
  await first.quiet();
  const image = join(folder, 'image.db');
  const skipped = first.engine.skipWait(REF, { enteredId: 2, result: ['by hand'] });
  // The skip is durable before the state is left.
  await skipped;
  snapshot(path, image);
  first.close();

  const second = open({ path: image, clock });
  expect((await second.engine.history(REF, 0)).map(({ type }) => type)).not.toContain('ParallelStateExited');
  second.engine.recover();
  await second.quiet();
  expect(await second.engine.describe(REF)).toMatchObject({ status: 'SUCCEEDED' });
  expect(second.calls).toEqual(['last']);
  const left = (await second.engine.history(REF, 0)).find(({ type }) => type === 'ParallelStateExited');
  expect(left?.details['output']).toBe('["by hand"]');
  second.close();
});
