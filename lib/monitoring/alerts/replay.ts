import type { AlertFile } from '#definition/alert/alert.ts';
import type { MonitoringEvent } from '../events/event.ts';
import { AlertEvaluator, LOOK_MS } from './evaluator.ts';
import type { DeviceFacts } from './observation.ts';
import type { AlertRecord } from './records/alert-record.ts';
import type { Page } from './records/paging-record.ts';

/** What happened while events were replayed. */
export interface Replay {
  /** What would have been told, in order. */
  readonly pages: readonly Page[];
  /** Every step of every alert, in order: the alert as it was then, and when that was (ms since the epoch). */
  readonly alerts: readonly { readonly at: number; readonly alert: AlertRecord }[];
  /** When the replay began and ended, in ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** Longest replay, in times that it is looked how things stand: about two months. */
const MOST_LOOKS = 1_000_000;

/**
 * What rules would have told of recorded events, in virtual time: nothing is sent, and nothing waited for. Where devices are is known
 * from what the events say of them.
 * @param afterMs how long it goes on after the last event.
 */
export async function replayAlerts(
  file: AlertFile,
  events: readonly MonitoringEvent[],
  { afterMs }: { readonly afterMs: number },
): Promise<Replay> {
  const sorted = [...events].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const from = Date.parse(sorted[0]?.at ?? '') || 0;
  const to = (Date.parse(sorted.at(-1)?.at ?? '') || 0) + afterMs;
  const find = async (device: string): Promise<DeviceFacts | undefined> => factsIn(sorted, device);
  const evaluator = new AlertEvaluator(new Map([[file.alerts, file]]), { since: () => from, find });
  const replay = { pages: [] as Page[], alerts: [] as { at: number; alert: AlertRecord }[] };
  let next = 0;
  const stepMs = LOOK_MS * Math.max(1, Math.ceil((to - from) / LOOK_MS / MOST_LOOKS));
  for (let now = from + stepMs; now <= to + stepMs; now += stepMs) {
    for (; Date.parse(sorted[next]?.at ?? '') <= now; next++) {
      const event = sorted[next];
      if (event !== undefined) await evaluator.take(event);
    }
    const { alerts, pagings } = await evaluator.look(now, []);
    for (const alert of alerts) replay.alerts.push({ at: now, alert });
    for (const paging of pagings) {
      replay.pages.push(...paging.outbox);
      evaluator.book.sent(paging);
    }
  }
  return { ...replay, from, to };
}

function factsIn(events: readonly MonitoringEvent[], device: string): DeviceFacts | undefined {
  const registered = events.findLast(
    (event) => event.kind === 'device.registered' && event.device === device,
  );
  const { zone, type } = registered?.data ?? {};
  return {
    ...(typeof zone === 'string' ? { zone } : {}),
    ...(typeof type === 'string' ? { type } : {}),
  };
}
