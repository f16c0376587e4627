import { beforeEach, expect, test } from 'vitest';
import { receivePresence } from '#devices/device-messages.ts';
import { cancelQueuedCommands, expireCommand, recoverOpenCommands } from '#devices/expire.ts';
import { sendNext } from '#devices/mailbox.ts';
import { BENCH_START, DeviceBench } from '#support/device-bench.ts';

const ID = 'run:flash:0';

let bench: DeviceBench;
beforeEach(() => {
  bench = new DeviceBench();
  return () => bench[Symbol.dispose]();
});

test('a command that was sent and not answered in time has timed out, and the next one leaves', async () => {
  await bench.device('pump');
  await bench.dispatch();
  await bench.dispatch({ path: 'next', expiresSeconds: 3_600 });
  await bench.clock.advance(30_000);
  await expireCommand(bench.ports, ID);
  expect(await bench.command(ID)).toMatchObject({
    status: 'TIMED_OUT',
    cause: 'device "pump" did not answer firmware.install within 30 s; what it did is unknown',
  });
  expect(bench.answers).toEqual([{ token: 'flash', outcome: 'Device.Timeout' }]);
  expect(bench.sent).toEqual([`pump ${ID}`, 'pump run:next:0']);
});

test('a command that waited for longer than it may has expired, and never leaves', async () => {
  await bench.device('pump', { status: 'offline' });
  await bench.dispatch({ expiresSeconds: 60 });
  await bench.clock.advance(60_000);
  await expireCommand(bench.ports, ID);
  expect(await bench.command(ID)).toMatchObject({
    status: 'EXPIRED',
    cause: 'firmware.install was not delivered to device "pump" within 60 s',
  });
  expect(bench.answers).toEqual([{ token: 'flash', outcome: 'Device.Expired' }]);
  await receivePresence(bench.ports, 'pump', { status: 'online' });
  expect(bench.sent).toEqual([]);
});

test('a device that comes back after a command has expired does not get it, though its deadline is late', async () => {
  await bench.device('pump', { status: 'offline' });
  await bench.dispatch({ expiresSeconds: 60 });
  await bench.dispatch({ path: 'patient', expiresSeconds: 3_600 });
  await bench.clock.advance(60_000);
  await receivePresence(bench.ports, 'pump', { status: 'online' });
  expect(bench.sent).toEqual(['pump run:patient:0']);
  await expireCommand(bench.ports, ID);
  expect(await bench.command(ID)).toMatchObject({ status: 'EXPIRED' });
});

test('a command is sent until it expires, and its timeout begins when it leaves', async () => {
  await bench.device('pump', { status: 'offline' });
  await bench.dispatch({ expiresSeconds: 60 });
  await bench.clock.advance(59_999);
  await receivePresence(bench.ports, 'pump', { status: 'online' });
  expect(bench.sent).toEqual([`pump ${ID}`]);
  expect(bench.deadlines.get(ID)).toBe(BENCH_START + 59_999 + 30_000);
  await bench.clock.advance(1);
  await expireCommand(bench.ports, ID);
  expect(await bench.command(ID)).toMatchObject({ status: 'SENT' });
});

test('woken too early, it asks to be woken again', async () => {
  await bench.device('pump');
  await bench.dispatch();
  bench.deadlines.clear();
  await bench.clock.advance(29_999);
  await expireCommand(bench.ports, ID);
  expect(await bench.command(ID)).toMatchObject({ status: 'SENT' });
  expect(bench.deadlines.get(ID)).toBe(BENCH_START + 30_000);
});

test.each([
  ['has ended', async () => void (await bench.answer('pump', { id: ID, status: 'SUCCEEDED' })), ID],
  ['does not exist', async () => undefined, 'run:other:0'],
])('woken for a command that %s, it does nothing', async (_what, prepare, id) => {
  await bench.device('pump');
  await bench.dispatch();
  await prepare();
  const answers = bench.answers.length;
  await bench.clock.advance(30_000);
  await expireCommand(bench.ports, id);
  expect(bench.answers).toHaveLength(answers);
});

test('the end of an execution takes back what has not left, and nothing else', async () => {
  await bench.device('pump');
  await bench.dispatch({ path: 'sent' });
  await bench.dispatch({ path: 'rollout[1].waits' });
  await bench.dispatch({ path: 'rollout[10].waits' });
  await bench.dispatch({ undoes: 'run:sent:0' });
  await bench.dispatch({ execution: 'another', path: 'waits' });
  const statuses = async () =>
    Object.fromEntries(
      await Promise.all(
        [
          'run:sent:0',
          'run:rollout[1].waits:0',
          'run:rollout[10].waits:0',
          'run:sent:0:undo:0',
          'another:waits:0',
        ].map(async (id) => [id, (await bench.command(id)).status]),
      ),
    );
  await cancelQueuedCommands(bench.ports, { execution: 'run', scope: 'rollout[1]' });
  expect(await statuses()).toEqual({
    'run:sent:0': 'SENT',
    'run:rollout[1].waits:0': 'CANCELLED',
    'run:rollout[10].waits:0': 'QUEUED',
    'run:sent:0:undo:0': 'QUEUED',
    'another:waits:0': 'QUEUED',
  });
  await cancelQueuedCommands(bench.ports, { execution: 'run', scope: '' });
  expect(await statuses()).toMatchObject({
    'run:sent:0': 'SENT',
    'run:rollout[10].waits:0': 'CANCELLED',
    'run:sent:0:undo:0': 'QUEUED',
    'another:waits:0': 'QUEUED',
  });
  expect(bench.answers.map(({ outcome }) => outcome)).toEqual(['Device.Cancelled', 'Device.Cancelled']);
});

test('after a restart, what is in flight is sent again, what is overdue ends, and what waits is watched', async () => {
  for (const id of ['pump', 'valve']) await bench.device(id);
  await bench.device('lamp', { status: 'offline' });
  await bench.dispatch({ path: 'overdue', device: 'valve', timeoutSeconds: 1 });
  await bench.dispatch({ path: 'flying', timeoutSeconds: 100 });
  await bench.dispatch({ path: 'waiting', device: 'lamp', expiresSeconds: 100 });
  await bench.clock.advance(2_000);
  bench.sent.length = 0;
  bench.deadlines.clear();
  await recoverOpenCommands(bench.ports);
  expect(bench.sent).toEqual(['pump run:flying:0']);
  expect(await bench.command('run:overdue:0')).toMatchObject({ status: 'TIMED_OUT' });
  expect(Object.fromEntries(bench.deadlines)).toEqual({
    'run:flying:0': BENCH_START + 100_000,
    'run:waiting:0': BENCH_START + 100_000,
  });
});

test('a slot that was left behind is free again a minute after the timeout', async () => {
  await bench.device('pump');
  await bench.dispatch();
  await bench.ports.table.delete({ pk: 'EXECUTION#run', sk: 'COMMAND#flash:0' });
  await bench.dispatch({ path: 'next', expiresSeconds: 3_600 });
  expect(bench.sent).toEqual([`pump ${ID}`]);
  await bench.clock.advance(30_000 + 60_001);
  await sendNext(bench.ports, 'pump');
  expect(bench.sent).toEqual([`pump ${ID}`, 'pump run:next:0']);
});
