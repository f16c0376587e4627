import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SelectDevicesRequest, SelectDevicesRequestSchema } from '#compiler/task-payload.ts';
import { DeviceSchema, toDeviceItem } from '#devices/device.ts';
import { partOfDevice, selectDevices } from '#devices/select.ts';
import { ringEntries } from '#routing/rings.ts';
import { DeviceBench } from '#support/device-bench.ts';
import { MemoryTable } from '#support/memory-table.ts';
import type { Table } from '#table/table.ts';

let bench: DeviceBench;
beforeEach(async () => {
  bench = new DeviceBench();
  await bench.device('pump-2', { type: 'pump', capabilities: { ota: '2.1.0' }, tags: { site: 'berlin' } });
  await bench.device('pump-1', { type: 'pump', capabilities: { ota: '1.9.0' }, tags: { site: 'berlin' } });
  await bench.device('lamp', {
    status: 'offline',
    capabilities: { ota: '3.0.0-rc.1' },
    reported: { lux: 4 },
  });
  await bench.device('door', { zone: 'oslo', capabilities: { ota: 'unknown' } });
  await bench.device('hall', { zone: 'berlin/hall-2/north/7', type: 'room' });
  return () => bench[Symbol.dispose]();
});

async function select(request: Partial<SelectDevicesRequest>): Promise<string[]> {
  const found = await selectDevices(
    bench.ports.table,
    SelectDevicesRequestSchema.parse({ taskToken: 't', ...request }),
  );
  return found.map(({ id }) => id);
}

test.each<[string, Partial<SelectDevicesRequest>, string[]]>([
  ['nothing is asked', {}, ['door', 'hall', 'lamp', 'pump-1', 'pump-2']],
  ['a field is compared', { where: "type = 'pump'" }, ['pump-1', 'pump-2']],
  ['a tag is named like a field', { where: "site = 'berlin'" }, ['pump-1', 'pump-2']],
  ['reported state is compared', { where: 'reported.lux > 3' }, ['lamp']],
  ['a name of the workflow is used', { where: 'zone = $zone', bindings: { zone: 'oslo' } }, ['door']],
  ['the expression gives no boolean', { where: 'id' }, []],
  ['a capability is required', { requires: { ota: '>=2' } }, ['lamp', 'pump-2']],
  ['a capability is required that none has', { requires: { fly: '*' } }, []],
  ['a zone is given', { zone: 'oslo' }, ['door']],
  ['a zone around it is given', { zone: 'berlin' }, ['hall']],
  ['both are given', { requires: { ota: '>=2' }, where: "status = 'online'" }, ['pump-2']],
])('when %s, those devices are selected, by id', async (_what, request, ids) => {
  expect(await select(request)).toEqual(ids);
});

test('no more of a device is given than is asked for, and its id', async () => {
  const request = SelectDevicesRequestSchema.parse({
    ...{ taskToken: 't', where: "reported.lux > 3 or zone = 'oslo'" },
    fields: ['zone', 'reported'],
  });
  const found = await selectDevices(bench.ports.table, request);
  expect(found.map((device) => partOfDevice(device, request.fields))).toEqual([
    { id: 'door', zone: 'oslo', reported: {} },
    { id: 'lamp', reported: { lux: 4 } },
  ]);
});

test('an expression that fails says on which device', async () => {
  await expect(select({ where: 'reported.lux & $error("dark")' })).rejects.toMatchObject({
    name: 'Step.InvalidArguments',
    message: expect.stringContaining('device "door"'),
  });
});

describe('of a large fleet', () => {
  const FLEET = Array.from({ length: 2_400 }, (_, n) =>
    DeviceSchema.parse({
      id: `device-${n}`,
      zone: `site-${n % 40}/hall-${n % 3}`,
      capabilities: { read: '1.0.0', ...(n % 30 === 0 ? { ota: n % 60 === 0 ? '2.0.0' : '1.0.0' } : {}) },
      reported: { battery: n % 101 },
      registeredAt: 0,
    }),
  );
  const table = new MemoryTable();
  beforeAll(() => table.putAll(FLEET.flatMap((device) => [toDeviceItem(device), ...ringEntries(device)])));

  test.each<[string, Partial<SelectDevicesRequest>, (n: number) => boolean, 'ring' | 'all']>([
    ['a capability that few have', { requires: { ota: '>=2' } }, (n) => n % 60 === 0, 'ring'],
    ['a zone', { zone: 'site-7' }, (n) => n % 40 === 7, 'ring'],
    [
      'a zone and what is reported',
      { zone: 'site-7', where: 'reported.battery > 50' },
      (n) => n % 40 === 7 && n % 101 > 50,
      'ring',
    ],
    ['both', { requires: { ota: '*' }, zone: 'site-0/hall-0' }, (n) => n % 120 === 0, 'ring'],
    ['a capability that all have', { requires: { read: '>=1' } }, () => true, 'all'],
    ['nothing', {}, () => true, 'all'],
  ])('%s selects the same devices by the index as by a look at all', async (_what, request, isMeant, by) => {
    let read = 0;
    const counting: Table = {
      ...overTable(table),
      query: async (query) => {
        const page = await table.query(query);
        read += page.items.length;
        return page;
      },
    };
    const found = await selectDevices(counting, { bindings: {}, requires: {}, ...request });
    const meant = FLEET.flatMap(({ id }, n) => (isMeant(n) ? [id] : [])).toSorted((a, b) => (a < b ? -1 : 1));
    expect(found.map(({ id }) => id)).toEqual(meant);
    expect(read < FLEET.length).toBe(by === 'ring');
  });
});

function overTable(table: Table): Table {
  return {
    get: (key) => table.get(key),
    put: (item, condition) => table.put(item, condition),
    update: (update) => table.update(update),
    delete: (key, condition) => table.delete(key, condition),
    transact: (writes) => table.transact(writes),
    putAll: (items) => table.putAll(items),
    query: (query) => table.query(query),
  };
}
