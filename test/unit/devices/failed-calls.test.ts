import { beforeEach, describe, expect, test } from 'vitest';
import { expireCommand } from '#devices/expire.ts';
import { DeviceBench } from '#support/device-bench.ts';

let bench: DeviceBench;
beforeEach(async () => {
  bench = new DeviceBench();
  await bench.device('pump');
  return () => bench[Symbol.dispose]();
});

/** The call by which the engine asks for a try. One before has failed, and its task is gone. */
async function call(attempt: number, more: Parameters<DeviceBench['dispatch']>[0] = {}): Promise<void> {
  if (attempt > 0) bench.gone.add(`task ${attempt - 1}`);
  await bench.dispatch({ attempt, taskToken: `task ${attempt}`, ...more });
}

const SUCCESS = { id: 'run:flash:0', status: 'SUCCEEDED', result: 'done' } as const;

describe('a step whose call has failed', () => {
  test('goes on with the command that the call has left', async () => {
    await call(0);
    await call(1);
    await bench.answer('pump', SUCCESS);
    expect(bench.sent).toEqual(['pump run:flash:0', 'pump run:flash:0']);
    expect(bench.answers).toEqual([{ token: 'task 1', outcome: 'done' }]);
  });

  test('takes what the command has done meanwhile', async () => {
    await call(0);
    bench.gone.add('task 0');
    await bench.answer('pump', SUCCESS);
    await call(1);
    expect(bench.sent).toHaveLength(1);
    expect(bench.answers).toEqual([{ token: 'task 1', outcome: 'done' }]);
  });

  test.each([
    [
      'has failed',
      () => bench.answer('pump', { id: 'run:flash:0', status: 'FAILED', error: 'Device.Busy' }),
      'Device.Busy',
    ],
    [
      'is overdue',
      () => bench.clock.advance(31_000).then(() => expireCommand(bench.ports, 'run:flash:0')),
      'Device.Timeout',
    ],
  ])(
    'hears that the command %s, which nobody has heard, and only then sends another',
    async (_what, end, error) => {
      await call(0);
      bench.gone.add('task 0');
      await end();
      await call(1);
      expect(bench.answers).toEqual([{ token: 'task 1', outcome: error }]);
      expect(bench.sent).toHaveLength(1);
      await call(2);
      expect(bench.sent).toEqual(['pump run:flash:0', 'pump run:flash:1']);
    },
  );

  test('begins with the first number, so that a call that comes late finds the same command', async () => {
    await call(1);
    await bench.dispatch({ attempt: 0, taskToken: 'task 0' });
    await bench.answer('pump', SUCCESS);
    expect(new Set(bench.sent)).toEqual(new Set(['pump run:flash:0']));
    expect(bench.answers).toEqual([{ token: 'task 1', outcome: 'done' }]);
  });

  test('hears of an answer that came while its call was taking over', async () => {
    await call(0);
    bench.interfere = () => call(1);
    await bench.answer('pump', SUCCESS);
    expect(bench.answers).toEqual([{ token: 'task 1', outcome: 'done' }]);
  });

  test('in another try of the block around it begins anew', async () => {
    await call(0);
    await bench.answer('pump', SUCCESS);
    await call(100);
    expect(bench.sent).toEqual(['pump run:flash:0', 'pump run:flash:100']);
  });

  test('that is told of a failure sends another command, and one after a redrive has a name of its own', async () => {
    await call(0);
    await bench.answer('pump', { id: 'run:flash:0', status: 'FAILED' });
    await call(1);
    await bench.answer('pump', { id: 'run:flash:1', status: 'FAILED' });
    await call(0, { taskToken: 'redriven' });
    expect(bench.sent.map((sent) => sent.slice('pump run:'.length))).toEqual([
      ...['flash:0', 'flash:1', 'flash:0:redrive:1'],
    ]);
  });
});

describe('an undo whose answer did not come', () => {
  const undo = (attempt: number) =>
    call(attempt, { undoes: 'run:flash:0', command: 'firmware.remove', expiresSeconds: 30 });

  beforeEach(async () => {
    await bench.dispatch({ taskToken: 'step' });
    await bench.answer('pump', SUCCESS);
    await undo(0);
    await bench.clock.advance(31_000);
    await expireCommand(bench.ports, 'run:flash:0:undo:0');
  });

  test.each([1, 100])('is sent again as the same command, by try %i', async (attempt) => {
    await undo(attempt);
    expect(bench.sent.slice(-2)).toEqual(['pump run:flash:0:undo:0', 'pump run:flash:0:undo:0']);
    await bench.answer('pump', { id: 'run:flash:0:undo:0', status: 'SUCCEEDED' });
    expect(bench.answers.at(-1)).toEqual({ token: `task ${attempt}`, outcome: null });
    expect(await bench.command('run:flash:0')).toMatchObject({ undoneBy: 'run:flash:0:undo:0' });
    expect(await bench.command('run:flash:0:undo:0')).toMatchObject({ status: 'SUCCEEDED', resends: 1 });
  });

  test('waits for a device that has gone', async () => {
    await bench.device('pump', { status: 'offline' });
    await undo(1);
    expect(await bench.command('run:flash:0:undo:0')).toMatchObject({ status: 'QUEUED' });
  });

  test('stays the same command when it did not leave a second time', async () => {
    await bench.device('pump', { status: 'offline' });
    await undo(1);
    await bench.clock.advance(31_000);
    await expireCommand(bench.ports, 'run:flash:0:undo:0');
    expect(await bench.command('run:flash:0:undo:0')).toMatchObject({ status: 'EXPIRED' });
    await bench.device('pump');
    await undo(2);
    expect(bench.sent.at(-1)).toBe('pump run:flash:0:undo:0');
  });

  test('is another command once its device has said that it failed', async () => {
    await undo(1);
    await bench.answer('pump', { id: 'run:flash:0:undo:0', status: 'FAILED' });
    await undo(2);
    expect(bench.sent.at(-1)).toBe('pump run:flash:0:undo:1');
  });
});
