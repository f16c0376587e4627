import { SelectDevicesRequestSchema } from '#compiler/task-payload.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { partOfDevice, selectDevices } from '#devices/select.ts';
import { serveTask } from '#engine/serve-task.ts';

/** Answers a task with the devices that its step asks for. */
export function createSelectDevices(
  ports: Pick<DevicePorts, 'table' | 'engine'>,
): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: SelectDevicesRequestSchema, payload }, async (request) => {
      const devices = await selectDevices(ports.table, request);
      const given = devices.map((device) => partOfDevice(device, request.fields));
      await ports.engine.succeedTask(request.taskToken, given);
    });
}
