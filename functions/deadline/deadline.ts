import { z } from 'zod';
import type { Json } from '#core/json.ts';
import { expireCommand } from '#devices/expire.ts';
import type { DevicePorts } from '#devices/ports.ts';

const DeadlineSchema = z.object({ commandId: z.string() });

/** Looks at a command whose deadline may have come. */
export function createDeadline(ports: DevicePorts): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { commandId } = DeadlineSchema.parse(payload);
    await expireCommand(ports, commandId);
    return {};
  };
}
