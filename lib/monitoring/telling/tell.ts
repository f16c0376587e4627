import { type AlertWaker, concernsAlerts } from '../alerts/wake.ts';
import type { MonitoringEvent } from '../events/event.ts';
import type { FeedEntry } from '../feed/feed.ts';
import { measure } from '../metrics/measure.ts';
import type { Sample } from '../metrics/metric-table.ts';

/** Who is told of events where no log is at hand: each may be told again of what it was told before. */
export interface TellPorts {
  /** Keeps events for those who read them in order. */
  readonly feed: { write(events: readonly MonitoringEvent[]): Promise<readonly FeedEntry[]> };
  /** Where others listen. */
  readonly bus: { put(events: readonly MonitoringEvent[]): Promise<void> };
  /** Clients that are connected. */
  readonly clients: { push(entries: readonly FeedEntry[]): Promise<void> };
  /** Who looks whether alerts come of them. */
  readonly alerts: AlertWaker;
  /** What adds up metrics. */
  emit(samples: readonly Sample[]): void;
}

/**
 * Tells everybody of events: first they are kept, then told. Throws when one of those could not be told; told again, everybody
 * knows by its id what they have heard. Metrics come last, so that what is told again is not counted twice.
 */
export async function tellAll(ports: TellPorts, events: readonly MonitoringEvent[]): Promise<void> {
  if (events.length === 0) return;
  const entries = await ports.feed.write(events);
  await ports.bus.put(events);
  await ports.clients.push(entries);
  if (events.some(concernsAlerts)) await ports.alerts.wake();
  ports.emit(measure(events));
}
