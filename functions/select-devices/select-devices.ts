import { SelectDevicesRequestSchema } from '#compiler/task-payload.ts';
import type { Json } from '#core/json.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { selectDevices } from '#devices/select.ts';

/** Gives the devices that a step asks for. */
export function createSelectDevices(ports: Pick<DevicePorts, 'table'>): (payload: unknown) => Promise<Json> {
  return async (payload) => selectDevices(ports.table, SelectDevicesRequestSchema.parse(payload));
}
