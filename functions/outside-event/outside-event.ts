import * as z from 'zod';
import { type Json, JsonSchema } from '#core/json.ts';
import type { EventSource } from '#definition/event-sources.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { type OutsideMessage, tellOutside } from '#signals/outside-event.ts';

/** A message of MQTT: a transport's own words, or those of an IoT topic rule. */
const TopicMessageSchema = z.object({ topic: z.string(), payload: z.base64() });

/** An event of EventBridge (Amazon EventBridge User Guide, "Events"). */
const BusEventSchema = z.object({
  id: z.string(),
  source: z.string(),
  'detail-type': z.string(),
  detail: JsonSchema.default({}),
});

const MessageSchema = z.union([
  TopicMessageSchema.transform(({ topic, payload }): OutsideMessage => {
    return { topic, payload: payloadOf(Buffer.from(payload, 'base64').toString('utf8')) };
  }),
  BusEventSchema.transform((event): OutsideMessage => {
    return { id: event.id, source: event.source, detailType: event['detail-type'], payload: event.detail };
  }),
]);

/** Tells of what comes from outside, as the sources of the project say. Throws SW4106. */
export function createOutsideEvent(
  ports: ExecutionPorts,
  sources: readonly EventSource[],
): (payload: unknown) => Promise<Json> {
  return async (payload) => ({ taken: await tellOutside(ports, sources, MessageSchema.parse(payload)) });
}

/** A message that is no JSON is the text that it is. */
function payloadOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
