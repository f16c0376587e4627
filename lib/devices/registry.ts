import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { deviceKeys } from '#table/keys.ts';
import { type Condition, ConditionFailed, queryAll, type Table } from '#table/table.ts';
import { type Device, DeviceSchema, fromDeviceItem, toDeviceItem } from './device.ts';

/** What registers a device; what is left out keeps its value, or takes its default. */
export type DeviceRegistration = Pick<Device, 'id'> &
  Partial<Omit<Device, 'id' | 'registeredAt' | 'revision'>>;

/** Where devices are kept. */
export interface RegistryPorts {
  readonly table: Table;
  readonly clock: Clock;
}

/** Registers a device, or changes what is given of one that is; what others change at the same time stays. */
export async function registerDevice(
  { table, clock }: RegistryPorts,
  registration: DeviceRegistration,
): Promise<Device> {
  for (;;) {
    const known = await findDevice(table, registration.id);
    const revision = (known?.revision ?? 0) + 1;
    const device = DeviceSchema.parse({ registeredAt: clock.now(), ...known, ...registration, revision });
    try {
      await table.put(toDeviceItem(device), asRead(known));
      return device;
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
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
  await getDevice(table, id);
  await table.delete(deviceKeys.meta(id));
}
