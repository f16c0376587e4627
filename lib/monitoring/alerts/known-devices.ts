import { makeEvent } from '../events/event.ts';
import type { AlertEvaluator } from './evaluator.ts';
import type { DeviceFacts } from './observation.ts';

/** A device as it is registered. */
export interface KnownDevice extends DeviceFacts {
  readonly id: string;
  readonly status: 'online' | 'offline';
  readonly lastSeenAt?: number | undefined;
  readonly registeredAt: number;
}

/** Tells rules that miss devices of those that came, or went, before any event that is kept. `at` in ms since the epoch. */
export async function tellKnownDevices(
  evaluator: AlertEvaluator,
  devices: () => AsyncIterable<KnownDevice>,
  at: number,
): Promise<void> {
  if (!evaluator.kinds.includes('device.online')) return;
  for await (const { id, status, lastSeenAt, registeredAt } of devices()) {
    const since = status === 'online' ? at : (lastSeenAt ?? registeredAt);
    const parts = { key: ['known', id], at: since, subject: { device: id }, data: {} };
    await evaluator.take(makeEvent({ kind: `device.${status}`, ...parts }));
  }
}
