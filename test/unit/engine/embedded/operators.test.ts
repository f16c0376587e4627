import { expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { callWork, EngineRun, NamedError } from '#support/engine-run.ts';
import { Draw } from '../../../simulation/draw.ts';
import { SimulatedDisk, SimulatedStore } from '../../../simulation/simulated-store.ts';

const DAY = 86_400_000;

function fails(): never {
  throw new NamedError('Broken');
}

test('a redrive by a clock that was put back comes after what it goes on from', async () => {
  let offset = 0;
  const clock = new VirtualClock(10 * DAY);
  const putBack = {
    now: () => clock.now() - offset,
    setTimer: (at: number, call: () => void) => clock.setTimer(at + offset, call),
  };
  using run = new EngineRun({ WorkFunctionArn: async () => fails() }, { clock: putBack });
  const ref = await run.start({ work: callWork('work', { End: true }) });
  await run.quiet();
  offset = DAY;
  await run.engine.redrive(ref);
  const times = (await run.engine.history(ref, 0)).map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted((left, right) => left - right));
});

test('an execution is told as it was when it was asked for, also when it is redriven meanwhile', async () => {
  using run = new EngineRun({ WorkFunctionArn: async () => fails() });
  const ref = await run.start({ work: callWork('work', { End: true }) });
  await run.quiet();
  const redriven = run.engine.redrive(ref);
  // The redrive waits for the end to have been told; then it is written, and not durable.
  const seen: unknown[] = [];
  for (let turn = 0; turn < 20; turn++) {
    void run.engine.describe(ref).then((found) => seen.push([found?.status, found?.redriveCount ?? 0]));
    await Promise.resolve();
  }
  await redriven;
  await run.quiet();
  expect(seen).toHaveLength(20);
  expect(seen).toContainEqual(['FAILED', 0]);
  expect(new Set(seen.map((each) => JSON.stringify(each))).has('["FAILED",1]')).toBe(false);
});

test('of children that can be redriven no more, the Map that is redriven counts the failure', async () => {
  let isBroken = true;
  using run = new EngineRun({
    WorkFunctionArn: async (payload) => {
      if (payload === 'late' && !isBroken) return 'done';
      return fails();
    },
  });
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'which',
    States: {
      which: {
        Type: 'Choice',
        Choices: [{ Condition: "{% $states.input = 'late' %}", Next: 'wait' }],
        Default: 'work',
      },
      wait: { Type: 'Wait', Seconds: (15 * DAY) / 1_000, Next: 'work' },
      work: {
        ...callWork('', { End: true }),
        Arguments: { FunctionName: `\${WorkFunctionArn}`, Payload: '{% $states.input %}' },
      },
    },
  };
  const ref = await run.start({
    each: {
      Type: 'Map',
      ToleratedFailureCount: 1,
      Items: ['soon', 'late'],
      ItemProcessor: processor,
      End: true,
    },
  });
  expect(await run.finish(ref)).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  isBroken = false;
  await run.engine.redrive(ref);
  expect(await run.finish(ref)).toMatchObject({
    status: 'SUCCEEDED',
    output: ['done'],
  });
});

test('a wait that an operator skips does not go on by itself while the skip is being written', async () => {
  const clock = new VirtualClock();
  const flushes: (() => void)[] = [];
  let isSlow = false;
  const disk = new SimulatedDisk();
  const database = new SimulatedStore(disk, {
    isAlive: () => true,
    instant: () => {},
    canWrite: () => true,
    nextFlush: () => 'durable',
    schedule: (flush) => (isSlow ? flushes.push(flush) : setImmediate(flush)),
  });
  using run = new EngineRun({}, { database, clock, random: seededRandom(1) });
  const ref = await run.start({ wait: { Type: 'Wait', Seconds: 60, End: true } });
  await run.quiet();
  isSlow = true;
  const answer = run.engine.skipWait(ref, { enteredId: 2, result: 'by hand' });
  await clock.advance(60_000);
  isSlow = false;
  for (const flush of flushes) flush();
  expect(await answer).toBe('accepted');
  await run.quiet();
  expect(await run.engine.describe(ref)).toMatchObject({ output: 'by hand' });
});

test('whoever pauses an execution that has ended hears of it when the end is durable', async () => {
  const flushes: (() => void)[] = [];
  const disk = new SimulatedDisk();
  const database = new SimulatedStore(disk, {
    isAlive: () => true,
    instant: () => {},
    canWrite: () => true,
    nextFlush: () => 'durable',
    schedule: (flush) => flushes.push(flush),
  });
  const engine = new EmbeddedEngine({ database, functions: {}, random: new Draw(1).random });
  const flush = (): void => {
    for (const each of flushes.splice(0)) each();
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const ref = { machine: 'm', name: 'one' };
  const definition = { StartAt: 'wait', States: { wait: { Type: 'Wait', Seconds: 9, End: true } } };
  void engine.deploy({ name: 'm', definition });
  flush();
  await turn();
  void engine.start(ref, {});
  await turn();
  flush();
  void engine.stop(ref, { error: 'Stopped', cause: '' });
  await turn();
  let isTold = false;
  void engine.pause(ref).then(() => {
    isTold = true;
  });
  await turn();
  expect([isTold, disk.execution(ref)?.status]).toEqual([false, 'RUNNING']);
  flush();
  await turn();
  expect([isTold, disk.execution(ref)?.status]).toEqual([true, 'ABORTED']);
});
