import type { FleetDevice, Second, Took, TopState } from './top-state.ts';

/** Rates are those of the last so many whole seconds. */
export const RATE_SECONDS = 10;
/** Times count that ended within the last so many ms. */
const TIMES_MS = 300_000;

/** What happens a second. */
export type Rates = Readonly<Record<Exclude<keyof Second, 'second'>, number>>;

/** How long things take. */
export interface Quantiles {
  /** How many there were. */
  readonly count: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
}

/** Devices that are in one place, or of one type. */
export interface FleetPart {
  readonly name: string;
  readonly online: number;
  readonly offline: number;
  /** By breakers and quarantine. */
  readonly leftOut: number;
  /** Commands that were sent and are not answered. */
  readonly inFlight: number;
  /** Commands in mailboxes. */
  readonly waiting: number;
}

/** What devices are counted by. */
export type FleetBy = 'zone' | 'type';

/** The time by the clock of the server. */
export function serverTime({ clockOffsetMs = 0 }: TopState, now: number): number {
  return now - clockOffsetMs;
}

/** What happens a second, of late. Where all is known of less time, of that. */
export function ratesOf({ seconds, countedFrom }: TopState, now: number): Rates {
  const end = Math.floor(now / 1_000);
  const start = Math.max(end - RATE_SECONDS, Math.min(end - 1, Math.floor(countedFrom / 1_000)));
  const within = seconds.filter(({ second }) => second >= start && second < end);
  const rate = (of: keyof Rates): number =>
    within.reduce((sum, second) => sum + second[of], 0) / (end - start);
  return {
    ...{ events: rate('events'), started: rate('started'), ended: rate('ended'), failed: rate('failed') },
    ...{ commands: rate('commands'), commandsFailed: rate('commandsFailed') },
  };
}

/** What happened in each of so many stretches of time, the latest last; the one that has begun is left out. */
export function stretches(
  { seconds }: TopState,
  of: keyof Rates,
  { now, columns, each }: { readonly now: number; readonly columns: number; readonly each: number },
): readonly number[] {
  const last = Math.floor(now / 1_000 / each);
  const sums = Array<number>(columns).fill(0);
  for (const second of seconds) {
    const at = columns - (last - Math.floor(second.second / each));
    if (at >= 0 && at < columns) sums[at] = (sums[at] ?? 0) + second[of];
  }
  return sums;
}

/** Quantiles of what has ended of late. */
export function quantilesOf(times: readonly Took[], now: number): Quantiles {
  const sorted = times
    .filter(({ at }) => at > now - TIMES_MS)
    .map(({ ms }) => ms)
    .toSorted((a, b) => a - b);
  const [p50Ms, p95Ms] = [at(sorted, 0.5), at(sorted, 0.95)];
  return {
    count: sorted.length,
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p95Ms === undefined ? {} : { p95Ms }),
  };
}

function at(sorted: readonly number[], quantile: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)];
}

/** The fleet part by part, by name, and what it comes to. */
export function fleetOf(
  state: TopState,
  by: FleetBy,
  now: number,
): { readonly parts: readonly FleetPart[]; readonly whole: FleetPart } {
  const parts = new Map<string, FleetPart>();
  const add = (device: FleetDevice | undefined, what: Partial<FleetPart>): void => {
    const name = device?.[by] ?? '';
    parts.set(name, sum(parts.get(name) ?? none(name), { ...none(name), ...what }));
  };
  for (const [id, device] of state.devices) {
    const isLeftOut = (state.leftOut.get(id) ?? 0) > now;
    add(device, { [device.isOnline ? 'online' : 'offline']: 1, leftOut: isLeftOut ? 1 : 0 });
  }
  for (const { device, isSent } of state.commands.values())
    add(state.devices.get(device), isSent ? { inFlight: 1 } : { waiting: 1 });
  const sorted = [...parts.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { parts: sorted, whole: sorted.reduce(sum, none('')) };
}

function none(name: string): FleetPart {
  return { name, online: 0, offline: 0, leftOut: 0, inFlight: 0, waiting: 0 };
}

function sum(one: FleetPart, other: FleetPart): FleetPart {
  return {
    name: one.name,
    online: one.online + other.online,
    offline: one.offline + other.offline,
    leftOut: one.leftOut + other.leftOut,
    inFlight: one.inFlight + other.inFlight,
    waiting: one.waiting + other.waiting,
  };
}
