import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { RING_FORM, ringChanges } from '#routing/rings.ts';
import { deviceKeys } from '#table/keys.ts';
import { type Condition, ConditionFailed, queryAll, type Table, type Write } from '#table/table.ts';
import { type Device, DeviceSchema, fromDeviceItem, toDeviceItem } from './device.ts';

/** What registers a device; what is left out keeps its value, or takes its default. */
export type DeviceRegistration = Pick<Device, 'id'> &
  Partial<Omit<Device, 'id' | 'registeredAt' | 'revision' | 'rings'>>;

/** Where devices are kept. */
export interface RegistryPorts {
  readonly table: Table;
  readonly clock: Clock;
}

/** Registers a device, or changes what is given of one that is; what others change at the same time stays. */
export async function registerDevice(
  ports: RegistryPorts,
  registration: DeviceRegistration,
): Promise<Device> {
  return (await changeDevice(ports, registration)).device;
}

/** The same; says whether that has changed what devices are chosen by. */
export async function changeDevice(
  { table, clock }: RegistryPorts,
  registration: DeviceRegistration,
): Promise<{ readonly device: Device; readonly isMoved: boolean }> {
  for (;;) {
    const known = await findDevice(table, registration.id);
    const revision = (known?.revision ?? 0) + 1;
    const device = DeviceSchema.parse({ registeredAt: clock.now(), ...known, ...registration, revision });
    try {
      return await writeDevice(table, known, device);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
}

/** Most writes beside a device's own in one transaction; DynamoDB takes 100 in all ("Transactions: how it works"). */
const MOST_WRITES = 90;

/** Writes a device, and with it what the rings tell of it; more than one transaction takes is written after it. */
async function writeDevice(
  table: Table,
  known: Device | undefined,
  device: Device,
): Promise<{ readonly device: Device; readonly isMoved: boolean }> {
  const before = known?.rings === RING_FORM ? known : undefined;
  const { rings: _before, ...plain } = device;
  const [first = [], ...rest] = inParts(ringChanges(before, plain));
  const written = rest.length === 0 ? { ...plain, rings: RING_FORM } : plain;
  const put = { put: toDeviceItem(written), condition: asRead(known) };
  if (first.length === 0) await table.put(put.put, put.condition);
  else await table.transact([put, ...first]);
  if (rest.length > 0) await writeRest(table, plain, rest);
  return { device: written, isMoved: first.length > 0 };
}

/** Who changes the device meanwhile sees that it does not stand in the rings wholly, and puts it there himself. */
async function writeRest(table: Table, device: Device, parts: readonly (readonly Write[])[]): Promise<void> {
  const key = deviceKeys.meta(device.id);
  try {
    for (const part of parts) await table.transact([{ check: key, condition: asRead(device) }, ...part]);
    await table.update({ key, set: { rings: RING_FORM }, condition: asRead(device) });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

function inParts(writes: readonly Write[]): Write[][] {
  const count = Math.ceil(writes.length / MOST_WRITES);
  return Array.from({ length: count }, (_, part) =>
    writes.slice(part * MOST_WRITES, (part + 1) * MOST_WRITES),
  );
}

/** Holds as long as a device is as it was read. */
export function asRead(device: Device | undefined): Condition {
  return device === undefined ? { exists: false } : { attribute: 'revision', equals: device.revision };
}

/** The device with an id, or undefined. */
export async function findDevice(table: Table, id: string): Promise<Device | undefined> {
  const item = await table.get(deviceKeys.meta(id));
  return item === undefined ? undefined : fromDeviceItem(item);
}

/** The device with an id. Throws SW4041. */
export async function getDevice(table: Table, id: string): Promise<Device> {
  const device = await findDevice(table, id);
  if (device !== undefined) return device;
  throw new StepwrightError({
    code: 'SW4041',
    kind: 'not-found',
    message: `no device "${id}" is registered`,
    hint: 'a device registers itself when it connects; GET /v1/devices lists those that have',
  });
}

/** One page of all devices, by id. */
export async function listDevices(
  table: Table,
  page: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<{ readonly devices: readonly Device[]; readonly cursor?: string }> {
  const { items, cursor } = await table.query({ index: 'gsi1', partition: deviceKeys.all, ...page });
  return { devices: items.map(fromDeviceItem), ...(cursor === undefined ? {} : { cursor }) };
}

/** Every device, by id. */
export async function* allDevices(table: Table): AsyncGenerator<Device> {
  for await (const item of queryAll(table, { index: 'gsi1', partition: deviceKeys.all, limit: 1_000 })) {
    yield fromDeviceItem(item);
  }
}

/** Forgets a device; its commands stay on record. Throws SW4041. */
export async function deleteDevice(table: Table, id: string): Promise<void> {
  for (;;) {
    const device = await getDevice(table, id);
    const [first = [], ...rest] = inParts(ringChanges(device, undefined));
    try {
      await table.transact([{ delete: deviceKeys.meta(id), condition: asRead(device) }, ...first]);
      return await leaveRest(table, device, rest);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
}

/** Who is registered again meanwhile stays. What a crash leaves behind here is passed over: who is chosen is looked up. */
async function leaveRest(table: Table, { id }: Device, parts: readonly (readonly Write[])[]): Promise<void> {
  try {
    for (const part of parts)
      await table.transact([{ check: deviceKeys.meta(id), condition: { exists: false } }, ...part]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
