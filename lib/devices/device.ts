import * as z from 'zod';
import { JsonObjectSchema } from '#core/json.ts';
import { deviceKeys } from '#table/keys.ts';
import type { Item } from '#table/table.ts';
import { DeviceIdSchema } from './messages.ts';

/** A registered device. Times are ms since the Unix epoch. */
export const DeviceSchema = z.object({
  id: DeviceIdSchema,
  type: z.string().default('device').describe('What it is, such as pump or sensor.'),
  zone: z.string().optional().describe('Where it is, such as berlin/hall-2.'),
  capabilities: z.record(z.string(), z.string()).default({}).describe('Capability to its version.'),
  tags: z.record(z.string(), z.string()).default({}),
  reported: JsonObjectSchema.default({}).describe('State as the device last reported it.'),
  status: z.enum(['online', 'offline']).default('offline'),
  lastSeenAt: z.number().optional(),
  /** When it reported its state last. */
  reportedAt: z.number().optional(),
  registeredAt: z.number(),
  /** In which form it stands in the rings of routing; absent while it does not stand there wholly. */
  rings: z.number().int().optional(),
  /** Counts the changes: who changes what was read before makes sure that nobody else has. */
  revision: z.number().int().default(0),
});

/** A registered device. */
export type Device = z.infer<typeof DeviceSchema>;

/** The item that keeps a device. */
export function toDeviceItem(device: Device): Item {
  return { ...deviceKeys.meta(device.id), gsi1pk: deviceKeys.all, gsi1sk: device.id, ...device };
}

/** The device that an item keeps. */
export function fromDeviceItem(item: Item): Device {
  return DeviceSchema.parse(item);
}
