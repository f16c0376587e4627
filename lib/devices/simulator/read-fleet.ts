import type { Diagnostic } from '#core/diagnostic.ts';
import type { JsonObject } from '#core/json.ts';
import { checkShape } from '#definition/shape.ts';
import type { Source } from '#definition/source.ts';
import { ExpressionSyntaxError, parseExpression } from '#expression/parse.ts';
import { DeviceIdSchema } from '../messages.ts';
import { type Behaviour, readBehaviour } from './behaviour.ts';
import { type FleetFile, FleetFileSchema } from './fleet-file.ts';
import { expressionsIn } from './template.ts';

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

/** Most devices of one fleet file: each takes a connection of its own. */
const MAX_DEVICES = 10_000;

/** Reads a fleet file from its parsed text: the fleet, or all that is wrong with it. */
export function readFleet(source: Source): {
  readonly fleet: Fleet | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  if (source.value === undefined) return { fleet: undefined, diagnostics: source.diagnostics };
  const shaped = checkShape(FleetFileSchema, source.value, { source, path: [] });
  if (!shaped.ok) return { fleet: undefined, diagnostics: shaped.diagnostics };
  const file = shaped.value;
  const diagnostics = [...checkDevices(file, source), ...checkExpressions(file, source)];
  if (diagnostics.length > 0) return { fleet: undefined, diagnostics };
  const devices = file.devices.flatMap((entry) => devicesOf(entry, file));
  return { fleet: { name: file.fleet, seed: file.seed ?? 0, devices }, diagnostics };
}

type Entry = FleetFile['devices'][number];

function devicesOf(entry: Entry, file: FleetFile): FleetDevice[] {
  const { type, zone, capabilities = {}, tags = {}, reported = {}, connected = true } = entry;
  const behaviour = readBehaviour(file.behaviour, entry.behaviour);
  return idsOf(entry).map((id) => ({ id, type, zone, capabilities, tags, reported, connected, behaviour }));
}

function idsOf({ id, count = 1 }: Entry): string[] {
  return Array.from({ length: count }, (_, at) => id.replaceAll('{n}', String(at + 1)));
}

function checkDevices({ devices }: FleetFile, source: Source): Diagnostic[] {
  const total = devices.reduce((sum, { count = 1 }) => sum + count, 0);
  if (total > MAX_DEVICES) {
    const message = `the fleet has ${total} devices, and a fleet file may have ${MAX_DEVICES}`;
    return [
      source.diagnose(['devices'], { code: 'SW2002', message, hint: 'use several fleet files' }, 'key'),
    ];
  }
  const seen = new Set<string>();
  return devices.flatMap((entry, at) => checkIds(entry, ['devices', at, 'id'], { source, seen }));
}

function checkIds(
  entry: Entry,
  path: readonly (string | number)[],
  { source, seen }: { readonly source: Source; readonly seen: Set<string> },
): Diagnostic[] {
  if ((entry.count ?? 1) > 1 && !entry.id.includes('{n}')) {
    const message = `"${entry.id}" stands for ${entry.count} devices, and gives all the same id`;
    return [source.diagnose(path, { code: 'SW2003', message, hint: `write it like "${entry.id}-{n}"` })];
  }
  for (const id of idsOf(entry)) {
    if (!DeviceIdSchema.safeParse(id).success) {
      const hint = 'use letters, digits, dots, dashes and underscores, at most 128';
      return [source.diagnose(path, { code: 'SW2004', message: `"${id}" is no id of a device`, hint })];
    }
    if (seen.has(id)) {
      const message = `there is another device "${id}" before`;
      return [source.diagnose(path, { code: 'SW2001', message, hint: 'give each device an id of its own' })];
    }
    seen.add(id);
  }
  return [];
}

function checkExpressions(file: FleetFile, source: Source): Diagnostic[] {
  const behaviours = [
    { path: ['behaviour'], commands: file.behaviour?.commands },
    ...file.devices.map(({ behaviour }, at) => ({
      path: ['devices', at, 'behaviour'],
      commands: behaviour?.commands,
    })),
  ];
  return behaviours.flatMap(({ path, commands = {} }) =>
    Object.entries(commands).flatMap(([name, { sets, result }]) =>
      [...expressionsIn({ ...(sets && { sets }), ...(result !== undefined && { result }) })].flatMap(
        (found) => checkSyntax(found, [...path, 'commands', name, ...found.path], source),
      ),
    ),
  );
}

function checkSyntax(
  { text, offset }: { readonly text: string; readonly offset: number },
  path: readonly (string | number)[],
  source: Source,
): Diagnostic[] {
  try {
    parseExpression(text);
    return [];
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    return [source.diagnoseInside(path, offset + error.offset, { code: 'SW2005', message: error.message })];
  }
}
