import type { Diagnostic } from '#core/diagnostic.ts';
import type { JsonObject } from '#core/json.ts';
import { type FleetFile, type FleetFileDevice, FleetFileSchema, idsOf } from '#definition/fleet.ts';
import { checkShape } from '#definition/shape.ts';
import type { Source } from '#definition/source.ts';
import { type Behaviour, readBehaviour } from './behaviour.ts';
import { checkFleet } from './check-fleet.ts';

/** A device of a fleet file. */
export interface FleetDevice {
  readonly id: string;
  readonly type: string | undefined;
  readonly zone: string | undefined;
  readonly capabilities: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly reported: JsonObject;
  /** Whether it connects at all; one that does not is registered, and offline. */
  readonly connected: boolean;
  readonly behaviour: Behaviour;
}

/** A fleet, with every device by itself. */
export interface Fleet {
  readonly name: string;
  readonly seed: number;
  readonly devices: readonly FleetDevice[];
}

/** Reads a fleet file from its parsed text: the fleet, or all that is wrong with it. */
export function readFleet(source: Source): {
  readonly fleet: Fleet | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  if (source.value === undefined) return { fleet: undefined, diagnostics: source.diagnostics };
  const shaped = checkShape(FleetFileSchema, source.value, { source, path: [] });
  if (!shaped.ok) return { fleet: undefined, diagnostics: shaped.diagnostics };
  const file = shaped.value;
  const diagnostics = checkFleet(file, source);
  if (diagnostics.length > 0) return { fleet: undefined, diagnostics };
  const devices = file.devices.flatMap((entry) => devicesOf(entry, file));
  return { fleet: { name: file.fleet, seed: file.seed ?? 0, devices }, diagnostics };
}

function devicesOf(entry: FleetFileDevice, file: FleetFile): FleetDevice[] {
  const { type, zone, capabilities = {}, tags = {}, reported = {}, connected = true } = entry;
  const behaviour = readBehaviour(file.behaviour, entry.behaviour);
  return idsOf(entry).map((id) => ({ id, type, zone, capabilities, tags, reported, connected, behaviour }));
}
