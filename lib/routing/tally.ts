import { REASONS, type Reason, type RouteTrace } from './trace.ts';

/** Devices that are named as those that came nearest. */
const NEAREST = 3;

/** Counts the devices that are left out, by the reason, and keeps those that came nearest. */
export class Tally {
  readonly #counts = new Map<Reason, number>();
  #returnsAt: number | undefined;
  #nearest: readonly { readonly device: string; readonly reason: Reason }[] = [];

  leave(device: string, reason: Reason): void {
    this.#counts.set(reason, this.count(reason) + 1);
    const [last] = this.#nearest.slice(NEAREST - 1);
    if (last !== undefined && rank(last.reason) >= rank(reason)) return;
    this.#nearest = [...this.#nearest, { device, reason }]
      .toSorted((one, other) => rank(other.reason) - rank(one.reason))
      .slice(0, NEAREST);
  }

  /** Notes a device that is only kept out until a time. */
  keepOut(until: number): void {
    this.#returnsAt = Math.min(this.#returnsAt ?? until, until);
  }

  /** When the first of those that are only kept out comes back, in ms since the Unix epoch. */
  get returnsAt(): number | undefined {
    return this.#returnsAt;
  }

  count(reason: Reason): number {
    return this.#counts.get(reason) ?? 0;
  }

  get left(): RouteTrace['left'] {
    return Object.fromEntries(this.#counts);
  }

  /** Such as `12 looked at: 7 are offline, 5 have a version that does not fit; nearest: pump-3 (is offline)`. */
  words(looked: number): string {
    if (looked === 0) return 'no device has the capability there';
    const counts = REASONS.filter((reason) => this.count(reason) > 0).map(
      (reason) => `${this.count(reason)} ${REASON_WORDS[reason]}`,
    );
    const nearest = this.#nearest.map(({ device, reason }) => `${device} (${REASON_WORDS[reason]})`);
    return `${looked} looked at: ${counts.join(', ')}; nearest: ${nearest.join(', ')}`;
  }
}

/** What is said of devices that are left out, by the reason. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  excluded: 'excluded',
  capability: 'without a capability',
  version: 'in a version that does not fit',
  zone: 'in another zone',
  tags: 'with other tags',
  tried: 'tried before',
  offline: 'offline',
  where: 'not as `where` asks',
  weight: 'without weight',
  raced: 'changed meanwhile',
  breaker: 'kept out by a breaker',
  quarantine: 'in quarantine',
};

function rank(reason: Reason): number {
  return REASONS.indexOf(reason);
}
