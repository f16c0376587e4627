import type { MonitoringEvent } from '../events/event.ts';

/** Asks for a look at how alerts stand. */
export interface AlertWaker {
  /** Has it looked soon. Asked for again before that, it is looked once. */
  wake(): Promise<void>;
}

/** Of those who ask within so many ms, one is heard. */
export const WAKE_SLOT_MS = 4_000;
/**
 * So long after somebody has asked it is looked, in ms: when all has settled in the feed that came in the time in which one was heard for
 * all, with a second to spare for clocks that differ.
 */
export const WAKE_DELAY_MS = 7_000;

/** Whether alerts may come of an event, or end: by all but what their evaluation tells itself. */
export function concernsAlerts({ kind, data }: MonitoringEvent): boolean {
  if (!kind.startsWith('alert.')) return true;
  return kind === 'alert.rules-changed' || typeof data['by'] === 'string';
}
