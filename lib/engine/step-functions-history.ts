import type { HistoryEvent as SdkHistoryEvent } from '@aws-sdk/client-sfn';
import { type JsonObject, JsonObjectSchema } from '#core/json.ts';
import type { HistoryEvent, HistoryEventType } from './history.ts';

/** What an event has besides the one field of details that its type carries. */
const COMMON_FIELDS = ['id', 'previousEventId', 'type', 'timestamp'];

/** An event as the SDK gives it, in our shape. */
export function toHistoryEvent(event: SdkHistoryEvent): HistoryEvent {
  const { id = 0 } = event;
  return {
    id,
    // An emulator that does not chain its events gives them in order.
    previousEventId: event.previousEventId ?? id - 1,
    // The types that a machine of ours can produce are a subset of those the SDK knows.
    type: event.type as HistoryEventType,
    timestamp: event.timestamp?.getTime() ?? 0,
    details: detailsOf(event),
  };
}

/** The content of the one `…EventDetails` field. */
function detailsOf(event: SdkHistoryEvent): JsonObject {
  const found = Object.entries(event).find(
    ([name, value]) => !COMMON_FIELDS.includes(name) && value !== undefined,
  );
  return found === undefined ? {} : JsonObjectSchema.parse(JSON.parse(JSON.stringify(found[1])));
}
