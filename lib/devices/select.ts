import type { SelectDevicesRequest } from '#compiler/task-payload.ts';
import type { JsonObject } from '#core/json.ts';
import type { DeviceField } from '#definition/step-parts.ts';
import { CandidateSchema, type Registered } from '#routing/candidate.ts';
import { estimateRing } from '#routing/ring-size.ts';
import { EVERY, ringOf } from '#routing/rings.ts';
import { isTrueOf, plainFault, readRegistered } from '#routing/wish.ts';
import { deviceKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { type Device, fromDeviceItem } from './device.ts';

/** A device as a workflow sees it. */
export type SelectedDevice = JsonObject &
  Pick<Device, 'id' | 'type' | 'zone' | 'status' | 'tags' | 'capabilities' | 'reported'>;

/** As much of a device as a step asks for, its id in any case. */
export type PartOfDevice = JsonObject & Pick<Device, 'id'>;

/** By what devices are selected. */
export type SelectionRequest = Omit<SelectDevicesRequest, 'taskToken'>;

/** The devices that have what is required, are in the zone, and for which `where` is true, by id. */
export async function selectDevices(table: Table, request: SelectionRequest): Promise<SelectedDevice[]> {
  const first = await table.query({ ...ALL, limit: PAGE });
  const ring = first.cursor === undefined ? undefined : await smallRing(table, request);
  if (ring !== undefined) return selectFromRing(table, ring, request);
  const selected = await selectAmong(first.items.map(fromDeviceItem), request);
  if (first.cursor === undefined) return selected;
  for await (const item of queryAll(table, { ...ALL, limit: PAGE, cursor: first.cursor }))
    selected.push(...(await selectAmong([fromDeviceItem(item)], request)));
  return selected;
}

const ALL = { index: 'gsi1', partition: deviceKeys.all } as const;
/** So many devices are read in one go, whatever is asked for. */
const PAGE = 1_000;
/** Of the devices of a ring each is read by itself, for a read unit of DynamoDB; so many of 512 bytes take as much in one go. */
const IN_ONE_GO = 16;
/** Devices that are read at a time. */
const AT_A_TIME = 32;

/** The ring in which all that may be selected stands, where that is a small part of a large fleet. */
async function smallRing(
  table: Table,
  { requires, zone = '' }: SelectionRequest,
): Promise<string | undefined> {
  const [capability = EVERY] = Object.keys(requires);
  if (capability === EVERY && zone === '') return undefined;
  const ring = ringOf(capability, zone);
  const [own, all] = await Promise.all([estimateRing(table, ring), estimateRing(table, ringOf(EVERY, ''))]);
  return own * IN_ONE_GO < all ? ring : undefined;
}

async function selectFromRing(
  table: Table,
  ring: string,
  request: SelectionRequest,
): Promise<SelectedDevice[]> {
  const candidates: string[] = [];
  for await (const item of queryAll(table, { partition: ring, limit: PAGE })) {
    const candidate = CandidateSchema.parse(item);
    if (plainFault(candidate, wishOf(request)) === undefined) candidates.push(candidate.id);
  }
  const selected: SelectedDevice[] = [];
  for (let at = 0; at < candidates.length; at += AT_A_TIME) {
    const ids = candidates.slice(at, at + AT_A_TIME);
    const devices = await Promise.all(ids.map((id) => readRegistered(table, id)));
    const there = devices.filter((device) => device !== undefined);
    selected.push(...(await selectAmong(there, request)));
  }
  return selected.sort((one, other) => (one.id < other.id ? -1 : 1));
}

async function selectAmong(
  devices: readonly Registered[],
  request: SelectionRequest,
): Promise<SelectedDevice[]> {
  const selected: SelectedDevice[] = [];
  for (const device of devices) {
    if (plainFault(device, wishOf(request)) !== undefined) continue;
    if (request.where === undefined || (await isTrueOf(device, request.where, request.bindings)))
      selected.push(asSelected(device));
  }
  return selected;
}

function wishOf({ requires, zone }: SelectionRequest): Parameters<typeof plainFault>[1] {
  return { requires, ...(zone === undefined ? {} : { zone }), tags: {} };
}

/** What expressions see of a device: its fields, and its tags beside them. */
export function deviceContext(device: Device): JsonObject {
  return { ...device.tags, ...asSelected(device) };
}

/** A device as a workflow sees it. */
export function asSelected(device: Registered): SelectedDevice {
  const { id, type, zone, status, tags, capabilities, reported } = device;
  return { id, type, ...(zone === undefined ? {} : { zone }), status, tags, capabilities, reported };
}

/** What is asked for of a device; all of it where nothing is. */
export function partOfDevice(
  device: SelectedDevice,
  fields: readonly DeviceField[] | undefined,
): PartOfDevice {
  if (fields === undefined) return device;
  const own = fields.flatMap((field) => {
    const value = device[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return { id: device.id, ...Object.fromEntries(own) };
}
