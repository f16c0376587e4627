import semver from 'semver';
import type { Wish } from '#compiler/route-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { remember } from '#core/remember.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { deviceKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { type Candidate, contextOf, isInZone, type Registered, RegisteredSchema } from './candidate.ts';
import type { Reason } from './trace.ts';

/** Versions of a fleet are few: the answer for a version and a range is kept. */
const MOST_ANSWERS = 10_000;
const satisfies = remember(MOST_ANSWERS, (text) => {
  const [version = '', range = ''] = text.split('\n');
  return semver.satisfies(version, range, { includePrerelease: true });
});

/** Why a device is not what is wished, as far as its place in the rings tells; undefined where it is. */
export function plainFault(device: Candidate, { requires, zone, tags }: Wish): Reason | undefined {
  for (const [capability, range] of Object.entries(requires)) {
    const version = Object.hasOwn(device.capabilities, capability)
      ? device.capabilities[capability]
      : undefined;
    if (version === undefined) return 'capability';
    if (!satisfies(`${version}\n${range}`)) return 'version';
  }
  if (zone !== undefined && !isInZone(device.zone, zone)) return 'zone';
  return Object.entries(tags).every(([name, value]) => device.tags[name] === value) ? undefined : 'tags';
}

/** A device as it is registered now, with its item; undefined where it is gone. */
export async function readRegistered(table: Pick<Table, 'get'>, id: string): Promise<Registered | undefined> {
  const item = await table.get(deviceKeys.meta(id));
  return item === undefined ? undefined : RegisteredSchema.parse(item);
}

/** Whether an expression over a device's fields is true. Throws Step.InvalidArguments where it fails. */
export async function isTrueOf(device: Registered, text: string, bindings: JsonObject): Promise<boolean> {
  return (await fieldValue(device, { text, bindings, field: 'where' })) === true;
}

/** The weight of a device; undefined where the expression gives no positive number. */
export async function weightOf(
  device: Registered,
  text: string,
  bindings: JsonObject,
): Promise<number | undefined> {
  const value = await fieldValue(device, { text, bindings, field: 'weight' });
  return typeof value === 'number' && value > 0 ? value : undefined;
}

interface Asked {
  readonly text: string;
  readonly bindings: JsonObject;
  readonly field: string;
}

async function fieldValue(device: Registered, { text, bindings, field }: Asked): Promise<Json | undefined> {
  try {
    return await evaluate(text, { input: contextOf(device), bindings });
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    const told = `"${field}" failed on device "${device.id}": ${cause.message}`;
    throw new RuntimeError('Step.InvalidArguments', told, { cause });
  }
}
