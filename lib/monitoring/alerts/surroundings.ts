import type { MonitoringEvent } from '../events/event.ts';
import type { DeviceFacts } from './observation.ts';
import type { LastGood } from './records/alert-record.ts';

/** Says what is known of a device. */
export type FindDevice = (device: string) => Promise<DeviceFacts | undefined>;

/** So many devices, and so many workflows and devices that something went well with, are remembered. */
const MOST_DEVICES = 20_000;
const MOST_GOOD = 10_000;

const NOTHING: DeviceFacts = {};

/** What is known of what events are about, besides what they say: where a device is, and what went well the last time. */
export class Surroundings {
  readonly #find: FindDevice;
  readonly #devices = new Map<string, DeviceFacts>();
  readonly #good = new Map<string, LastGood>();

  constructor(find: FindDevice) {
    this.#find = find;
  }

  /** Learns of an event, in the order of the feed. */
  learn({ kind, at, execution, workflow, version, device, command }: MonitoringEvent): void {
    if (kind === 'device.changed' || kind === 'device.registered') this.#devices.delete(device ?? '');
    if (kind === 'execution.succeeded' && workflow !== undefined)
      this.#keepGood(`workflow ${workflow}`, { ...named({ execution, version }), at: Date.parse(at) });
    if (kind === 'command.succeeded' && device !== undefined)
      this.#keepGood(`device ${device}`, { ...named({ execution, command }), at: Date.parse(at) });
  }

  /** What went well the last time, the latest last: so many at most. */
  save(most: number): readonly (readonly [about: string, good: LastGood])[] {
    return [...this.#good].slice(-most);
  }

  /** Takes what another knew. */
  resume(good: Iterable<readonly [about: string, good: LastGood]>): void {
    for (const [about, value] of good) this.#keepGood(about, value);
  }

  /** What is known of a device; a promise where it is looked up. */
  device(id: string | undefined): DeviceFacts | undefined | Promise<DeviceFacts | undefined> {
    return id === undefined ? undefined : (this.#devices.get(id) ?? this.#lookUp(id));
  }

  /** The zone that all these devices are in, as far as is known. */
  zoneOf(devices: readonly string[]): string | undefined {
    const zones = new Set(devices.map((device) => this.#devices.get(device)?.zone));
    return zones.size === 1 ? [...zones][0] : undefined;
  }

  /** What went well the last time, with a workflow or a device. */
  lastGood({ workflow, device }: { workflow: string | undefined; device: string | undefined }) {
    return this.#good.get(`workflow ${workflow}`) ?? this.#good.get(`device ${device}`);
  }

  async #lookUp(id: string): Promise<DeviceFacts> {
    const found = (await this.#find(id)) ?? NOTHING;
    keep(this.#devices, { name: id, value: found, most: MOST_DEVICES });
    return found;
  }

  #keepGood(name: string, value: LastGood): void {
    this.#good.delete(name);
    keep(this.#good, { name, value, most: MOST_GOOD });
  }
}

function keep<Value>(
  known: Map<string, Value>,
  { name, value, most }: { readonly name: string; readonly value: Value; readonly most: number },
): void {
  if (known.size >= most) known.delete(known.keys().next().value ?? '');
  known.set(name, value);
}

function named(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
