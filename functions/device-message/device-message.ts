import * as z from 'zod';
import { assertNever } from '#core/assert-never.ts';
import type { Json } from '#core/json.ts';
import { type Reception, receiveAnswer, receivePresence } from '#devices/device-messages.ts';
import {
  AnswerMessageSchema,
  DeviceIdSchema,
  type EventMessage,
  EventMessageSchema,
  PresenceMessageSchema,
} from '#devices/messages.ts';
import { parseDeviceTopic } from '#devices/topics.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { publishEvent } from '#signals/signal.ts';

/** What a device said, with the topic that it said it on: a transport's own words, or those of an IoT topic rule. */
const DeviceMessageSchema = z.looseObject({ topic: z.string() });

/** Takes what a device says. A message that makes no sense is told and dropped: sent again, it would make none either. */
export function createDeviceMessage(ports: ExecutionPorts): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { topic, ...message } = DeviceMessageSchema.parse(payload);
    const place = parseDeviceTopic(topic);
    const isKnown = place !== undefined && DeviceIdSchema.safeParse(place.device).success;
    return { reception: isKnown ? await receive(ports, place, message) : 'malformed' };
  };
}

type Place = NonNullable<ReturnType<typeof parseDeviceTopic>>;

async function receive(
  ports: ExecutionPorts,
  { device, kind }: Place,
  message: unknown,
): Promise<Reception | 'malformed'> {
  switch (kind) {
    case 'answers': {
      const answer = AnswerMessageSchema.safeParse(message);
      return answer.success ? receiveAnswer(ports, device, answer.data) : 'malformed';
    }
    case 'presence': {
      const presence = PresenceMessageSchema.safeParse(message);
      return presence.success ? receivePresence(ports, device, presence.data) : 'malformed';
    }
    case 'events': {
      const event = EventMessageSchema.safeParse(message);
      return event.success ? receiveEvent(ports, device, event.data) : 'malformed';
    }
    default:
      return assertNever(kind);
  }
}

/** Which device it was is for us to say, not for the device. */
async function receiveEvent(
  ports: ExecutionPorts,
  device: string,
  { name, data }: EventMessage,
): Promise<Reception> {
  const taken = await publishEvent(ports, { name, data: { ...data, device } });
  return taken > 0 ? 'accepted' : 'ignored';
}
