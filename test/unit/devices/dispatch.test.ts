import { beforeEach, expect, test } from 'vitest';
import { commandId } from '#devices/command-of-task.ts';
import { sendNext } from '#devices/mailbox.ts';
import { BENCH_START, commandRequest, DeviceBench } from '#support/device-bench.ts';

let bench: DeviceBench;
beforeEach(() => {
  bench = new DeviceBench();
  return () => bench[Symbol.dispose]();
});

test.each([
  ['its execution, path and try', { attempt: 2 }, 'run:flash:2'],
  ['the iteration that it is in', { path: 'rollout[3].flash' }, 'run:rollout[3].flash:0'],
  ['what it undoes', { undoes: 'run:flash:1', attempt: 4 }, 'run:flash:1:undo:4'],
])('the id of a command tells %s', (_what, request, id) => {
  expect(commandId(commandRequest(request))).toBe(id);
});

test('a command to a device that is online and idle is sent at once', async () => {
  await bench.device('pump');
  await bench.dispatch();
  expect(bench.messages).toEqual([
    {
      id: 'run:flash:0',
      command: 'firmware.install',
      with: { release: '2.1.0' },
      issuedAt: BENCH_START,
      timeoutMs: 30_000,
    },
  ]);
  expect(await bench.command('run:flash:0')).toMatchObject({ status: 'SENT', sentAt: BENCH_START });
  expect(bench.deadlines.get('run:flash:0')).toBe(BENCH_START + 30_000);
});

test('a device that nobody has registered is unknown', async () => {
  await expect(bench.dispatch()).rejects.toMatchObject({ name: 'Device.Unknown' });
});

test('a command that does not wait is refused when the device is offline', async () => {
  await bench.device('pump', { status: 'offline' });
  await expect(bench.dispatch()).rejects.toMatchObject({ name: 'Device.Offline' });
  await expect(bench.command('run:flash:0')).rejects.toMatchObject({ code: 'SW4042' });
});

test('a command that may wait is kept for a device that is offline', async () => {
  await bench.device('pump', { status: 'offline' });
  await bench.dispatch({ expiresSeconds: 3_600 });
  expect(bench.sent).toEqual([]);
  expect(await bench.command('run:flash:0')).toMatchObject({ status: 'QUEUED' });
  expect(bench.deadlines.get('run:flash:0')).toBe(BENCH_START + 3_600_000);
});

test('a device gets one command at a time, and the next one when that has ended', async () => {
  await bench.device('pump');
  await bench.dispatch({ path: 'first' });
  await bench.dispatch({ path: 'second' });
  expect(bench.sent).toEqual(['pump run:first:0']);
  await bench.answer('pump', { id: 'run:first:0', status: 'SUCCEEDED' });
  expect(bench.sent).toEqual(['pump run:first:0', 'pump run:second:0']);
});

test('devices do not wait for each other', async () => {
  await bench.device('pump');
  await bench.device('valve');
  await bench.dispatch({ path: 'a' });
  await bench.dispatch({ path: 'b', device: 'valve' });
  expect(bench.sent).toEqual(['pump run:a:0', 'valve run:b:0']);
});

test('commands that wait leave by priority, then in the order in which they came', async () => {
  await bench.device('pump');
  await bench.dispatch({ path: 'running' });
  for (const [path, priority] of [
    ['low', 1],
    ['early', 500],
    ['late', 500],
    ['urgent', 999],
  ] as const) {
    await bench.dispatch({ path, priority });
    await bench.clock.advance(1);
  }
  for (const path of ['running', 'urgent', 'early', 'late']) {
    await bench.answer('pump', { id: `run:${path}:0`, status: 'SUCCEEDED' });
  }
  expect(bench.sent).toEqual(
    ['running', 'urgent', 'early', 'late', 'low'].map((path) => `pump run:${path}:0`),
  );
});

test('called again while the command is on its way, it sends the same command again', async () => {
  await bench.device('pump');
  await bench.dispatch();
  await bench.dispatch();
  expect(bench.messages).toHaveLength(2);
  expect(bench.messages[1]).toEqual(bench.messages[0]);
});

test('called again while the command waits, nothing is sent and nothing waits twice', async () => {
  await bench.device('pump');
  await bench.dispatch({ path: 'first' });
  await bench.dispatch({ path: 'second' });
  await bench.dispatch({ path: 'second' });
  await bench.answer('pump', { id: 'run:first:0', status: 'SUCCEEDED' });
  await bench.answer('pump', { id: 'run:second:0', status: 'SUCCEEDED' });
  expect(bench.sent).toEqual(['pump run:first:0', 'pump run:second:0']);
});

test('called again when the command has ended, it answers the task that asks now', async () => {
  await bench.device('pump');
  await bench.dispatch();
  await bench.answer('pump', { id: 'run:flash:0', status: 'SUCCEEDED', result: 'done' });
  await bench.dispatch({ taskToken: 'the token after a restart' });
  expect(bench.sent).toHaveLength(1);
  expect(bench.answers.at(-1)).toEqual({ token: 'the token after a restart', outcome: 'done' });
});

test.each([
  ['sent', 'online', 'TIMED_OUT'],
  ['waiting', 'offline', 'CANCELLED'],
] as const)(
  'a new try ends the one before it that is overdue and still %s',
  async (_where, status, ending) => {
    await bench.device('pump', { status });
    await bench.dispatch({ expiresSeconds: 60 });
    await bench.clock.advance(61_000);
    await bench.dispatch({ attempt: 1, taskToken: 'second', expiresSeconds: 60 });
    expect(await bench.command('run:flash:0')).toMatchObject({ status: ending });
    expect(await bench.command('run:flash:1')).toMatchObject({
      status: status === 'online' ? 'SENT' : 'QUEUED',
    });
  },
);

test('a new try leaves one that has ended as it is', async () => {
  await bench.device('pump');
  await bench.dispatch();
  await bench.answer('pump', { id: 'run:flash:0', status: 'FAILED' });
  await bench.dispatch({ attempt: 1 });
  expect(await bench.command('run:flash:0')).toMatchObject({ status: 'FAILED' });
});

test('arguments may read the device as it was before, and undo arguments are kept from then', async () => {
  await bench.device('pump', { reported: { firmware: '1.9.0' }, tags: { site: 'berlin' } });
  await bench.dispatch({
    with: { from: null, sites: [{ 'a/b': null }] },
    deferred: { '/from': '$target.reported.firmware', '/sites/0/a~1b': '$target.site & $suffix' },
    bindings: { suffix: '!' },
    compensate: {
      command: 'firmware.install',
      with: { release: null },
      deferred: { '/release': '$target.reported.firmware' },
      timeoutSeconds: 30,
    },
  });
  await bench.answer('pump', {
    id: 'run:flash:0',
    status: 'SUCCEEDED',
    reported: { firmware: '2.1.0' },
  });
  expect(bench.messages[0]?.with).toEqual({ from: '1.9.0', sites: [{ 'a/b': 'berlin!' }] });
  expect(await bench.command('run:flash:0')).toMatchObject({
    compensate: { with: { release: '1.9.0' }, deferred: {} },
  });
});

test.each([
  ['gives nothing', '$target.reported.missing'],
  ['fails', '$error("no")'],
])('an argument whose expression %s is refused', async (_what, text) => {
  await bench.device('pump');
  const request = { with: { at: null }, deferred: { '/at': text } };
  await expect(bench.dispatch(request)).rejects.toMatchObject({ name: 'Step.InvalidArguments' });
  expect(bench.sent).toEqual([]);
});

test('the same command dispatched twice at the same time is one command', async () => {
  await bench.device('pump');
  bench.interfere = () => bench.dispatch();
  await bench.dispatch();
  expect(new Set(bench.sent)).toEqual(new Set(['pump run:flash:0']));
  await bench.answer('pump', { id: 'run:flash:0', status: 'SUCCEEDED' });
  expect(await bench.command('run:flash:0')).toMatchObject({ status: 'SUCCEEDED' });
});

test('the same command put in the mailbox twice at the same time waits once', async () => {
  await bench.device('pump', { status: 'offline' });
  bench.interfere = () => bench.dispatch({ expiresSeconds: 60 });
  await bench.dispatch({ expiresSeconds: 60 });
  await bench.device('pump');
  await sendNext(bench.ports, 'pump');
  await bench.answer('pump', { id: 'run:flash:0', status: 'SUCCEEDED' });
  expect(bench.sent).toEqual(['pump run:flash:0']);
});

test('a command whose sending fails is looked at again when it is overdue', async () => {
  await bench.device('pump');
  bench.transportFault = new Error('the line is down');
  await expect(bench.dispatch()).rejects.toThrow('the line is down');
  expect(bench.deadlines.get('run:flash:0')).toBe(BENCH_START + 30_000);
});
