import { z } from 'zod';
import type { Json } from '#core/json.ts';
import { type Reception, receiveAnswer, receivePresence } from '#devices/device-messages.ts';
import { AnswerMessageSchema, DeviceIdSchema, PresenceMessageSchema } from '#devices/messages.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { parseDeviceTopic } from '#devices/topics.ts';

/** What a device said, with the topic that it said it on: a transport's own words, or those of an IoT topic rule. */
const DeviceMessageSchema = z.looseObject({ topic: z.string() });

/** Takes what a device says. A message that makes no sense is told and dropped: sent again, it would make none either. */
export function createDeviceMessage(ports: DevicePorts): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { topic, ...message } = DeviceMessageSchema.parse(payload);
    const reception = await receive(ports, topic, message);
    return { reception };
  };
}

async function receive(
  ports: DevicePorts,
  topic: string,
  message: unknown,
): Promise<Reception | 'malformed'> {
  const place = parseDeviceTopic(topic);
  if (place === undefined || !DeviceIdSchema.safeParse(place.device).success) return 'malformed';
  if (place.kind === 'answers') {
    const answer = AnswerMessageSchema.safeParse(message);
    return answer.success ? receiveAnswer(ports, place.device, answer.data) : 'malformed';
  }
  const presence = PresenceMessageSchema.safeParse(message);
  return presence.success ? receivePresence(ports, place.device, presence.data) : 'malformed';
}
