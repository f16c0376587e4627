import { SelectDevicesRequestSchema } from '#compiler/task-payload.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { selectDevices } from '#devices/select.ts';
import { answerTask } from '#engine/answer-task.ts';

/** Answers a task with the devices that its step asks for. */
export function createSelectDevices(
  ports: Pick<DevicePorts, 'table' | 'engine'>,
): (payload: unknown) => Promise<void> {
  return async (payload) => {
    const { taskToken, ...request } = SelectDevicesRequestSchema.parse(payload);
    await answerTask(ports.engine, taskToken, () => selectDevices(ports.table, request));
  };
}
