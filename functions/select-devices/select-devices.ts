import { SelectDevicesRequestSchema } from '#compiler/task-payload.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { selectDevices } from '#devices/select.ts';
import { serveTask } from '#engine/serve-task.ts';

/** Answers a task with the devices that its step asks for. */
export function createSelectDevices(
  ports: Pick<DevicePorts, 'table' | 'engine'>,
): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: SelectDevicesRequestSchema, payload }, async (request) => {
      await ports.engine.succeedTask(request.taskToken, await selectDevices(ports.table, request));
    });
}
