import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { receivePresence } from '#devices/device-messages.ts';
import { cancelQueuedCommands, expireCommand } from '#devices/expire.ts';
import { BENCH_START, DeviceBench } from '#support/device-bench.ts';
import { deviceKeys } from '#table/keys.ts';

const ID = 'run:flash:0';

let bench: DeviceBench;
beforeEach(async () => {
  bench = new DeviceBench();
  await bench.device('pump', { reported: { firmware: '1.9.0', battery: 80 } });
  return () => bench[Symbol.dispose]();
});

test('a success completes the command, its task, and what is known of the device', async () => {
  await bench.dispatch();
  const answer = {
    id: ID,
    status: 'SUCCEEDED',
    result: { ok: true },
    reported: { firmware: '2.1.0' },
  } as const;
  expect(await bench.answer('pump', answer)).toBe('accepted');
  expect(await bench.command(ID)).toMatchObject({ status: 'SUCCEEDED', result: { ok: true } });
  expect(bench.answers).toEqual([{ token: 'flash', outcome: { ok: true } }]);
  expect(await bench.reported('pump')).toEqual({ firmware: '2.1.0', battery: 80 });
});

test('a success without a result gives null', async () => {
  await bench.dispatch();
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED' });
  expect(bench.answers).toEqual([{ token: 'flash', outcome: null }]);
});

test.each([
  ['the name that the device gives', { error: 'Device.Rejected' }, 'Device.Rejected'],
  ['Device.Failed when it gives none', {}, 'Device.Failed'],
])('a failure fails the task with %s', async (_what, fields, error) => {
  await bench.dispatch();
  await bench.answer('pump', { id: ID, status: 'FAILED', reported: { firmware: 'broken' }, ...fields });
  expect(await bench.command(ID)).toMatchObject({ status: 'FAILED', error });
  expect(bench.answers).toEqual([{ token: 'flash', outcome: error }]);
  expect(await bench.reported('pump')).toMatchObject({ firmware: 'broken' });
});

test.each([
  ['is as expected', '$result.ok and $result.firmware = $release', true, { ok: true, firmware: '2.1.0' }],
  ['is not as expected', '$result.ok = false', false, 'Step.Unexpected'],
  ['cannot be compared', '$result.ok > "text"', false, 'Step.Unexpected'],
])('a result that %s is recorded as such', async (_what, expect_, expected, outcome) => {
  await bench.dispatch({ expect: expect_, bindings: { release: '2.1.0' } });
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED', result: { ok: true, firmware: '2.1.0' } });
  expect(await bench.command(ID)).toMatchObject({ status: 'SUCCEEDED', expected });
  expect(bench.answers).toEqual([{ token: 'flash', outcome }]);
});

test('a command moves on from DELIVERED to RUNNING, and not back', async () => {
  await bench.dispatch();
  const receptions = [];
  for (const status of ['DELIVERED', 'RUNNING', 'DELIVERED', 'RUNNING'] as const) {
    receptions.push(await bench.answer('pump', { id: ID, status }));
  }
  expect(receptions).toEqual(['accepted', 'accepted', 'duplicate', 'duplicate']);
  expect(await bench.command(ID)).toMatchObject({ status: 'RUNNING' });
});

test('a device need not say that it works before it says that it is done', async () => {
  await bench.dispatch();
  await bench.answer('pump', { id: ID, status: 'RUNNING' });
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED' });
  expect(await bench.command(ID)).toMatchObject({ status: 'SUCCEEDED' });
});

test('the first ending counts: a later one changes nothing, and the task is answered the same again', async () => {
  await bench.dispatch();
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED', result: 1, reported: { firmware: '2.1.0' } });
  const late = await bench.answer('pump', { id: ID, status: 'FAILED', reported: { firmware: 'other' } });
  expect(late).toBe('duplicate');
  expect(await bench.command(ID)).toMatchObject({ status: 'SUCCEEDED', result: 1 });
  expect(await bench.reported('pump')).toMatchObject({ firmware: '2.1.0' });
  expect(bench.answers.map(({ outcome }) => outcome)).toEqual([1, 1]);
});

test('RUNNING that comes after the end changes nothing', async () => {
  await bench.dispatch();
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED' });
  expect(await bench.answer('pump', { id: ID, status: 'RUNNING' })).toBe('duplicate');
  expect(await bench.command(ID)).toMatchObject({ status: 'SUCCEEDED' });
});

test.each([
  ['of a command that there is not', 'pump', 'run:other:0'],
  ['from a device that the command did not go to', 'valve', ID],
])('an answer %s is ignored', async (_what, device, id) => {
  await bench.device('valve');
  await bench.dispatch();
  expect(await bench.answer(device, { id, status: 'SUCCEEDED', reported: { firmware: '6.6.6' } })).toBe(
    'ignored',
  );
  expect(await bench.command(ID)).toMatchObject({ status: 'SENT' });
  expect(bench.answers).toEqual([]);
  expect(await bench.reported('valve')).toEqual({});
});

test('an answer to a command that has not left is ignored', async () => {
  await bench.dispatch({ path: 'first' });
  await bench.dispatch();
  expect(await bench.answer('pump', { id: ID, status: 'SUCCEEDED' })).toBe('ignored');
  expect(await bench.command(ID)).toMatchObject({ status: 'QUEUED' });
});

test('an answer after the timeout changes nothing: what the command did stays unknown', async () => {
  await bench.dispatch();
  await bench.clock.advance(30_000);
  await expireCommand(bench.ports, ID);
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED', reported: { firmware: '2.1.0' } });
  expect(await bench.command(ID)).toMatchObject({ status: 'TIMED_OUT', error: 'Device.Timeout' });
  expect(await bench.reported('pump')).toMatchObject({ firmware: '1.9.0' });
});

test('an undo that succeeds marks what it undid; one that fails does not', async () => {
  await bench.dispatch();
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED' });
  await bench.dispatch({ undoes: ID });
  await bench.answer('pump', { id: `${ID}:undo:0`, status: 'FAILED' });
  expect(await bench.command(ID)).not.toHaveProperty('undoneBy');
  await bench.dispatch({ undoes: ID, attempt: 1 });
  await bench.answer('pump', { id: `${ID}:undo:1`, status: 'SUCCEEDED' });
  expect(await bench.command(ID)).toMatchObject({ undoneBy: `${ID}:undo:1`, undoneAt: bench.clock.now() });
});

test('two endings at the same time make one: the first', async () => {
  await bench.dispatch();
  bench.interfere = () => bench.answer('pump', { id: ID, status: 'FAILED', error: 'Device.Rejected' });
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED', result: 'late' });
  expect(await bench.command(ID)).toMatchObject({ status: 'FAILED', error: 'Device.Rejected' });
  expect(new Set(bench.answers.map(({ outcome }) => outcome))).toEqual(new Set(['Device.Rejected']));
});

test.each([
  ['expires', () => expireCommand(bench.ports, ID)],
  ['is cancelled', () => cancelQueuedCommands(bench.ports, { execution: 'run', scope: '' })],
])('a command that leaves at the moment when it %s has left', async (_what, end) => {
  await receivePresence(bench.ports, 'pump', { status: 'offline' });
  await bench.dispatch({ expiresSeconds: 60 });
  await bench.clock.advance(60_000);
  const elsewhere = { ...bench.ports, clock: new VirtualClock(BENCH_START + 59_999) };
  bench.interfere = () => receivePresence(elsewhere, 'pump', { status: 'online' });
  await end();
  expect(await bench.command(ID)).toMatchObject({ status: 'SENT' });
  expect(bench.answers).toEqual([]);
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED', result: 'done' });
  expect(bench.answers).toEqual([{ token: 'flash', outcome: 'done' }]);
  await bench.dispatch({ path: 'next' });
  expect(bench.sent).toEqual([`pump ${ID}`, 'pump run:next:0']);
});

test('an answer after the slot went to another command is still recorded in full', async () => {
  await bench.dispatch();
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED' });
  await bench.dispatch({ undoes: ID });
  await bench.ports.table.put({ ...deviceKeys.slot('pump'), command: 'run:other:0', until: 0 });
  await bench.answer('pump', { id: `${ID}:undo:0`, status: 'SUCCEEDED', reported: { firmware: '1.8.0' } });
  expect(await bench.command(ID)).toMatchObject({ undoneBy: `${ID}:undo:0` });
  expect(await bench.reported('pump')).toMatchObject({ firmware: '1.8.0' });
  expect(await bench.ports.table.get(deviceKeys.slot('pump'))).toMatchObject({ command: 'run:other:0' });
});

test('a device that was forgotten meanwhile does not come back by its answer', async () => {
  await bench.dispatch();
  await bench.ports.table.delete(deviceKeys.meta('pump'));
  await bench.answer('pump', { id: ID, status: 'SUCCEEDED', reported: { firmware: '2.1.0' } });
  expect(await bench.command(ID)).toMatchObject({ status: 'SUCCEEDED' });
  await expect(bench.reported('pump')).rejects.toMatchObject({ code: 'SW4041' });
});
