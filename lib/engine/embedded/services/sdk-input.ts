import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { pascal, type Shape } from './sdk-shape.ts';
import { unusable } from './service-failure.ts';

/**
 * The arguments of a task as the SDK takes them. Members are named in PascalCase in a machine, whatever the API calls them;
 * an object where the API takes text is written as JSON; times are ISO 8601. Throws States.Runtime for a member that the
 * API does not have, or a value that it cannot be.
 */
export function toSdkInput(shape: Shape, args: Json, idempotencyToken: string): unknown {
  const input = fromJson(shape, args, '$');
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw unusable('The arguments of the task are no object');
  }
  const tokens: [string, unknown][] = [];
  for (const [name, member] of shape.structIterator()) {
    if (member.isIdempotencyToken() && !(name in input)) tokens.push([name, idempotencyToken]);
  }
  return { ...input, ...Object.fromEntries(tokens) };
}

function fromJson(shape: Shape, value: Json, path: string): unknown {
  if (shape.isDocumentSchema()) return value;
  if (shape.isStructSchema()) return structFromJson(shape, value, path);
  if (shape.isListSchema()) {
    const items = listOf(value, path);
    return items.map((item, index) => fromJson(shape.getValueSchema(), item, `${path}[${index}]`));
  }
  if (shape.isMapSchema()) {
    const entries = Object.entries(objectOf(value, path)).filter(([, entry]) => entry !== null);
    return Object.fromEntries(
      entries.map(([key, entry]) => [key, fromJson(shape.getValueSchema(), entry, `${path}.${key}`)]),
    );
  }
  return scalarFromJson(shape, value, path);
}

function structFromJson(shape: Shape, value: Json, path: string): object {
  const members = new Map(
    [...shape.structIterator()].map(([name, member]) => [pascal(name), { name, member }]),
  );
  const read: [string, unknown][] = [];
  for (const [key, entry] of Object.entries(objectOf(value, path))) {
    const found = members.get(key) ?? members.get(pascal(key)) ?? members.get(key.replace(/Value$/, ''));
    if (found === undefined) {
      throw unusable(
        `The parameter '${path}.${key}' is not one of ${shape.getName() ?? 'the API'}, which takes ${[...members.keys()].join(', ')}`,
      );
    }
    if (entry === null && !isBody(found.member)) continue;
    read.push([found.name, fromJson(found.member, entry, `${path}.${key}`)]);
  }
  return Object.fromEntries(read);
}

function scalarFromJson(shape: Shape, value: Json, path: string): unknown {
  if (shape.isBlobSchema()) return bytesFromJson(shape, value);
  if (shape.isStringSchema()) return typeof value === 'string' ? value : JSON.stringify(value);
  if (shape.isTimestampSchema()) return timeOf(value, path);
  if (shape.isNumericSchema() || shape.isBigIntegerSchema() || shape.isBigDecimalSchema()) {
    return numberOf(value, path);
  }
  if (shape.isBooleanSchema()) {
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw wrongKind(path, 'true or false', value);
  }
  return value;
}

/**
 * A blob that is a body of its own is JSON, a text too: `putObject` of "a" stores "a" with its quotes, as it does on AWS.
 * Inside of a structure, a text is itself. Attributes of DynamoDB are base64.
 */
function bytesFromJson(shape: Shape, value: Json): Uint8Array {
  if (shape.getMemberName() === 'B' && typeof value === 'string') return Buffer.from(value, 'base64');
  return Buffer.from(typeof value === 'string' && !isBody(shape) ? value : JSON.stringify(value));
}

function isBody(shape: Shape): boolean {
  return shape.isBlobSchema() && (shape.isStreaming() || shape.getMergedTraits().httpPayload !== undefined);
}

function timeOf(value: Json, path: string): Date {
  const time = typeof value === 'string' || typeof value === 'number' ? new Date(value) : undefined;
  if (time === undefined || Number.isNaN(time.getTime())) throw wrongKind(path, 'a time', value);
  return time;
}

function numberOf(value: Json, path: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw wrongKind(path, 'a number', value);
}

function listOf(value: Json, path: string): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw wrongKind(path, 'an array', value);
}

function objectOf(value: Json, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw wrongKind(path, 'an object', value);
}

function wrongKind(path: string, kind: string, value: Json): Error {
  return unusable(`The parameter '${path}' must be ${kind}, not ${JSON.stringify(value).slice(0, 100)}`);
}
