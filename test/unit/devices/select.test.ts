import { beforeEach, expect, test } from 'vitest';
import { type SelectDevicesRequest, SelectDevicesRequestSchema } from '#compiler/task-payload.ts';
import { partOfDevice, selectDevices } from '#devices/select.ts';
import { DeviceBench } from '#support/device-bench.ts';

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
  ['nothing is asked', {}, ['door', 'lamp', 'pump-1', 'pump-2']],
  ['a field is compared', { where: "type = 'pump'" }, ['pump-1', 'pump-2']],
  ['a tag is named like a field', { where: "site = 'berlin'" }, ['pump-1', 'pump-2']],
  ['reported state is compared', { where: 'reported.lux > 3' }, ['lamp']],
  ['a name of the workflow is used', { where: 'zone = $zone', bindings: { zone: 'oslo' } }, ['door']],
  ['the expression gives no boolean', { where: 'id' }, []],
  ['a capability is required', { requires: { ota: '>=2' } }, ['lamp', 'pump-2']],
  ['a capability is required that none has', { requires: { fly: '*' } }, []],
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
