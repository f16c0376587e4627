import { beforeEach, expect, test } from 'vitest';
import { sendNext } from '#devices/mailbox.ts';
import { DeviceBench } from '#support/device-bench.ts';
import { commandKey, deviceKeys } from '#table/keys.ts';

let bench: DeviceBench;
beforeEach(async () => {
  bench = new DeviceBench();
  await bench.device('pump', { status: 'offline' });
  await bench.dispatch({ path: 'first', expiresSeconds: 60 });
  await bench.dispatch({ path: 'second', expiresSeconds: 60 });
  await bench.device('pump');
  return () => bench[Symbol.dispose]();
});

const waiting = async (): Promise<number> => {
  const query = { partition: deviceKeys.partition('pump'), prefix: deviceKeys.mailboxPrefix };
  return (await bench.ports.table.query(query)).items.length;
};

test('two that look into a mailbox at the same time send one command', async () => {
  bench.interfere = () => sendNext(bench.ports, 'pump');
  await sendNext(bench.ports, 'pump');
  expect(bench.sent).toEqual(['pump run:first:0']);
  expect(await waiting()).toBe(1);
});

test('a command that is taken back while it is about to leave does not leave, and the next one does', async () => {
  bench.interfere = () =>
    bench.ports.table.update({ key: commandKey('run:first:0'), set: { status: 'CANCELLED' } });
  await sendNext(bench.ports, 'pump');
  expect(bench.sent).toEqual(['pump run:second:0']);
  expect(await waiting()).toBe(0);
});

test.each([
  [
    'has ended',
    () => bench.ports.table.update({ key: commandKey('run:first:0'), set: { status: 'CANCELLED' } }),
  ],
  ['is gone', () => bench.ports.table.delete(commandKey('run:first:0'))],
])('an entry whose command %s is thrown away', async (_what, prepare) => {
  await prepare();
  await sendNext(bench.ports, 'pump');
  expect(bench.sent).toEqual(['pump run:second:0']);
  expect(await waiting()).toBe(0);
});

test('nothing leaves to a device that has been forgotten', async () => {
  await bench.ports.table.delete(deviceKeys.meta('pump'));
  await sendNext(bench.ports, 'pump');
  expect(bench.sent).toEqual([]);
});
