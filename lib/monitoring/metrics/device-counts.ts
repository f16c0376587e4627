import type { MonitoringEvent } from '../events/event.ts';
import type { Sample } from './metric-table.ts';

/** How many devices are online and offline: as counted once, and kept up by events. */
export class DeviceCounts {
  readonly #counts: Record<'online' | 'offline', number>;

  constructor(counted: { readonly online: number; readonly offline: number }) {
    this.#counts = { ...counted };
  }

  /** One that registers is offline until it is said to be online. */
  take({ kind, data }: MonitoringEvent): void {
    if (kind === 'device.registered') this.#counts.offline++;
    else if (kind === 'device.online') this.#move('online', 'offline');
    else if (kind === 'device.offline') this.#move('offline', 'online');
    else if (kind === 'device.removed') this.#counts[data['status'] === 'online' ? 'online' : 'offline']--;
  }

  /** How things stand. */
  samples(): readonly Sample[] {
    const metric = 'stepwright_devices';
    return (['online', 'offline'] as const).map((status) => ({
      ...{ metric, labels: { status } },
      value: this.#counts[status],
    }));
  }

  #move(to: 'online' | 'offline', from: 'online' | 'offline'): void {
    this.#counts[to]++;
    this.#counts[from]--;
  }
}
