import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { MonitoringEvent } from '#monitoring/events/event.ts';

/** What our events on the bus name as their source. */
export const EVENT_SOURCE = 'stepwright';
/** Entries of one PutEvents (EventBridge, "Quotas"), all together 256 KB: ours are small. */
const ENTRIES_AT_ONCE = 10;

/** Puts events on a bus of EventBridge: `detail-type` is the kind, `detail` the event. */
export class EventBridgeBus {
  readonly #client: EventBridgeClient;
  readonly #name: string;

  constructor(client: EventBridgeClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** Throws when the bus did not take all of them. */
  async put(events: readonly MonitoringEvent[]): Promise<void> {
    for (let from = 0; from < events.length; from += ENTRIES_AT_ONCE)
      await this.#putSome(events.slice(from, from + ENTRIES_AT_ONCE));
  }

  async #putSome(events: readonly MonitoringEvent[]): Promise<void> {
    const { FailedEntryCount = 0, Entries } = await this.#client.send(
      new PutEventsCommand({
        Entries: events.map((event) => ({
          EventBusName: this.#name,
          Source: EVENT_SOURCE,
          DetailType: event.kind,
          Detail: JSON.stringify(event),
          Time: new Date(event.at),
        })),
      }),
    );
    if (FailedEntryCount === 0) return;
    const codes = Entries?.flatMap(({ ErrorCode }) => ErrorCode ?? []) ?? [];
    throw new Error(`the bus ${this.#name} did not take ${FailedEntryCount} events: ${codes.join(', ')}`);
  }
}
