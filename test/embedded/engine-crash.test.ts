import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { ExecutionDescription, Machine } from '#engine/engine.ts';
import { Database } from '#storage/database.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const call = (name: string, more: JsonObject): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: {
    FunctionName: `\${WorkFunctionArn}`,
    Payload: { name, tries: '{% $states.context.State.RetryCount %}', input: '{% $states.input %}' },
  },
  Output: '{% $states.result.Payload %}',
  ...more,
});

/** A bit of everything that has to be found again after a crash. */
const MACHINE: Machine = {
  name: 'everything',
  definition: {
    QueryLanguage: 'JSONata',
    StartAt: 'first',
    States: {
      first: call('first', { Assign: { kept: '{% $states.result.Payload %}' }, Next: 'flaky' }),
      flaky: call('flaky', {
        Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 60, MaxAttempts: 2 }],
        Next: 'both',
      }),
      both: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'pause',
            States: {
              pause: { Type: 'Wait', Seconds: 3_600, Next: 'left' },
              left: call('left', { End: true }),
            },
          },
          {
            StartAt: 'broken',
            States: {
              broken: call('broken', {
                Catch: [
                  { ErrorEquals: ['Broken'], Output: '{% $states.errorOutput.Cause %}', Next: 'handled' },
                ],
                End: true,
              }),
              handled: call('handled', { End: true }),
            },
          },
        ],
        Next: 'token',
      },
      token: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: {
          FunctionName: `\${AskFunctionArn}`,
          Payload: { token: '{% $states.context.Task.Token %}' },
        },
        Output: '{% [$states.input, $states.result] %}',
        Next: 'each',
      },
      each: {
        Type: 'Map',
        Items: [1, 2, 3],
        MaxConcurrency: 2,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'item',
          States: { item: call('item', { End: true }) },
        },
        Output: { all: '{% $states.result %}', kept: '{% $kept %}' },
        End: true,
      },
    },
  },
};

const REF = { machine: MACHINE.name, name: 'one' };

class Named extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** What was called, by the key of the try, with the token where there was one. */
type Calls = Map<string, string | undefined>;

interface Running {
  readonly engine: EmbeddedEngine;
  readonly database: Database;
  readonly calls: Calls;
  finish(): Promise<ExecutionDescription>;
}

/** An engine on a file; `onStep` is told whenever anything has happened. */
function open(path: string, clock: VirtualClock, onStep: () => void): Running {
  const calls: Calls = new Map();
  const database = new Database(path);
  let news = 0;
  const stepped = (): void => {
    news++;
    onStep();
  };
  const engine = new EmbeddedEngine({
    ...{ database, clock, random: seededRandom(1), onEvents: stepped },
    functions: {
      WorkFunctionArn: async (payload, { idempotencyKey }) => {
        expect(calls.has(idempotencyKey), `${idempotencyKey} was called twice`).toBe(false);
        calls.set(idempotencyKey, undefined);
        stepped();
        return work(payload);
      },
      AskFunctionArn: async (payload, { idempotencyKey }) => {
        const token = String(isJsonObject(payload) ? payload['token'] : '');
        calls.set(idempotencyKey, token);
        stepped();
        await engine.succeedTask(token, 'answer');
        return null;
      },
    },
  });
  const finish = async (): Promise<ExecutionDescription> => {
    let ended: ExecutionDescription | undefined;
    void engine.whenEnded(REF).then((description) => {
      ended = description;
    });
    for (
      let seen = news, quiet = 0;
      ended === undefined;
      quiet = news === seen ? quiet + 1 : 0, seen = news
    ) {
      if (quiet < 30) await setImmediate();
      else if (!(await clock.advanceToNext())) throw new Error('the execution waits for nothing');
    }
    return ended;
  };
  return { engine, database, calls, finish };
}

function work(payload: Json): Json {
  const { name, tries, input } = isJsonObject(payload) ? payload : {};
  if (name === 'flaky' && tries === 0) throw new Named('Flaky', 'once');
  if (name === 'broken') throw new Named('Broken', 'for good');
  return `${String(name)}(${JSON.stringify(input)})`;
}

/** What a crash at this instant would leave on disk. */
function snapshot(from: string, to: string): void {
  for (const suffix of ['', '-wal']) {
    if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${to}${suffix}`);
  }
}

test('whenever it crashes, an execution ends as it would have, and what was done is not done again', async () => {
  const path = join(folder, 'whole.db');
  const clock = new VirtualClock();
  const images: { readonly path: string; readonly now: number }[] = [];
  const whole = open(path, clock, () => {
    const image = join(folder, `image-${images.length}.db`);
    snapshot(path, image);
    images.push({ path: image, now: clock.now() });
  });
  await whole.engine.deploy(MACHINE);
  await whole.engine.start(REF, { n: 1 });
  const expected = await whole.finish();
  expect(expected).toMatchObject({ status: 'SUCCEEDED', output: { kept: 'first({"n":1})' } });
  expect(images.length).toBeGreaterThan(20);

  let resumed = 0;
  for (const image of images) {
    const after = open(image.path, new VirtualClock(image.now), () => {});
    const found = await after.engine.describe(REF);
    if (found !== undefined) {
      const before = await after.engine.history(REF, 0);
      after.engine.recover();
      const ended = found.status === 'RUNNING' ? await after.finish() : found;
      expect(ended.status).toBe('SUCCEEDED');
      expect(ended.output).toEqual(expected.output);
      const done = before.filter(({ type }) => type === 'TaskSucceeded' || type === 'TaskFailed').length;
      expect(after.calls.size).toBe(whole.calls.size - done);
      for (const [key, token] of after.calls) expect(whole.calls.get(key)).toBe(token);
      resumed++;
    }
    after.engine.close();
    after.database.close();
  }
  expect(resumed).toBeGreaterThan(15);
  whole.engine.close();
  whole.database.close();
}, 60_000);
