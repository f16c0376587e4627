import { beforeEach, expect, test } from 'vitest';
import { receivePresence } from '#devices/device-messages.ts';
import { deleteDevice, getDevice, listDevices } from '#devices/registry.ts';
import { BENCH_START, DeviceBench } from '#support/device-bench.ts';

let bench: DeviceBench;
beforeEach(() => {
  bench = new DeviceBench();
  return () => bench[Symbol.dispose]();
});

const device = (id = 'pump') => getDevice(bench.ports.table, id);

test('a device registers itself by coming online', async () => {
  await receivePresence(bench.ports, 'pump', {
    status: 'online',
    type: 'pump',
    zone: 'berlin/hall-1',
    capabilities: { ota: '2.1.0' },
    tags: { site: 'berlin' },
    reported: { firmware: '1.9.0' },
  });
  expect(await device()).toEqual({
    id: 'pump',
    revision: 1,
    rings: 1,
    status: 'online',
    type: 'pump',
    zone: 'berlin/hall-1',
    capabilities: { ota: '2.1.0' },
    tags: { site: 'berlin' },
    reported: { firmware: '1.9.0' },
    lastSeenAt: BENCH_START,
    reportedAt: BENCH_START,
    registeredAt: BENCH_START,
  });
});

test('a device that says no more than that it is there has the defaults', async () => {
  await receivePresence(bench.ports, 'pump', { status: 'online' });
  expect(await device()).toMatchObject({ type: 'device', capabilities: {}, tags: {}, reported: {} });
});

test('the last will keeps what is known of the device, and tells when it went', async () => {
  await receivePresence(bench.ports, 'pump', { status: 'online', zone: 'berlin' });
  await bench.clock.advance(5_000);
  await receivePresence(bench.ports, 'pump', { status: 'offline' });
  expect(await device()).toMatchObject({
    status: 'offline',
    zone: 'berlin',
    registeredAt: BENCH_START,
    lastSeenAt: BENCH_START + 5_000,
  });
});

test('the last will of a device that nobody knows registers nothing', async () => {
  expect(await receivePresence(bench.ports, 'pump', { status: 'offline' })).toBe('ignored');
  await expect(device()).rejects.toMatchObject({ code: 'SW4041' });
});

test('a gateway may register a device that is offline', async () => {
  await receivePresence(bench.ports, 'pump', { status: 'offline', type: 'pump' });
  expect(await device()).toMatchObject({ status: 'offline', type: 'pump' });
});

test('a device that comes back gets what waits for it, and again what was in flight', async () => {
  await bench.device('pump');
  await bench.dispatch({ path: 'first' });
  await receivePresence(bench.ports, 'pump', { status: 'offline' });
  await bench.dispatch({ path: 'second', expiresSeconds: 60 });
  await receivePresence(bench.ports, 'pump', { status: 'online' });
  expect(bench.sent).toEqual(['pump run:first:0', 'pump run:first:0']);
  await bench.answer('pump', { id: 'run:first:0', status: 'SUCCEEDED' });
  expect(bench.sent.at(-1)).toBe('pump run:second:0');
});

test('what waits for a device does not leave while it is offline, though its slot is free', async () => {
  await bench.device('pump');
  await bench.dispatch({ path: 'first' });
  await bench.dispatch({ path: 'second', expiresSeconds: 60 });
  await receivePresence(bench.ports, 'pump', { status: 'offline' });
  await bench.answer('pump', { id: 'run:first:0', status: 'SUCCEEDED' });
  expect(bench.sent).toEqual(['pump run:first:0']);
});

test('devices are listed by id, page by page', async () => {
  for (const id of ['c', 'a', 'b']) await bench.device(id);
  const first = await listDevices(bench.ports.table, { limit: 2 });
  expect(first.devices.map(({ id }) => id)).toEqual(['a', 'b']);
  const { cursor } = first;
  const rest = await listDevices(bench.ports.table, cursor === undefined ? {} : { cursor });
  expect(rest.devices.map(({ id }) => id)).toEqual(['c']);
});

test('a device can be forgotten, once', async () => {
  await bench.device('pump');
  await deleteDevice(bench.ports.table, 'pump');
  await expect(deleteDevice(bench.ports.table, 'pump')).rejects.toMatchObject({ code: 'SW4041' });
});
