import semver from 'semver';
import type { SelectDevicesRequest } from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import type { DeviceField } from '#definition/step-parts.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import type { Table } from '#table/table.ts';
import type { Device } from './device.ts';
import { allDevices } from './registry.ts';

/** A device as a workflow sees it. */
export type SelectedDevice = JsonObject &
  Pick<Device, 'id' | 'type' | 'zone' | 'status' | 'tags' | 'capabilities' | 'reported'>;

/** As much of a device as a step asks for, its id in any case. */
export type PartOfDevice = JsonObject & Pick<Device, 'id'>;

/** The devices that have what is required and for which `where` is true, by id. */
export async function selectDevices(
  table: Table,
  request: Omit<SelectDevicesRequest, 'taskToken'>,
): Promise<SelectedDevice[]> {
  const selected: SelectedDevice[] = [];
  for await (const device of allDevices(table)) {
    if (!hasCapabilities(device, request.requires)) continue;
    if (request.where === undefined || (await isTrueOf(device, request.where, request.bindings))) {
      selected.push(asSelected(device));
    }
  }
  return selected;
}

/** Whether a device has every capability in a version that the range takes. */
export function hasCapabilities(device: Device, requires: Readonly<Record<string, string>>): boolean {
  return Object.entries(requires).every(([capability, range]) => {
    const version = device.capabilities[capability];
    return version !== undefined && semver.satisfies(version, range, { includePrerelease: true });
  });
}

/** What expressions see of a device: its fields, and its tags beside them. */
export function deviceContext(device: Device): JsonObject {
  return { ...device.tags, ...asSelected(device) };
}

/** A device as a workflow sees it. */
export function asSelected({ id, type, zone, status, tags, capabilities, reported }: Device): SelectedDevice {
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

async function isTrueOf(device: Device, where: string, bindings: JsonObject): Promise<boolean> {
  try {
    return (await evaluate(where, { input: deviceContext(device), bindings })) === true;
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw new RuntimeError(
      'Step.InvalidArguments',
      `"where" failed on device "${device.id}": ${cause.message}`,
      { cause },
    );
  }
}
