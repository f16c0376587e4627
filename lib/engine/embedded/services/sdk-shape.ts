import { NormalizedSchema } from '@smithy/core/schema';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { unusable } from './service-failure.ts';

/** How a package of the AWS SDK describes a shape. */
export type Shape = NormalizedSchema;

/** What the command of an operation takes and gives, by the schema it carries. */
export interface Operation {
  readonly input: Shape;
  readonly output: Shape;
}

/** Reads the schema of a command; undefined for one that has none. */
export function operationOf(command: object): Operation | undefined {
  const schema: unknown = 'schema' in command ? command.schema : undefined;
  if (!Array.isArray(schema) || schema.length < 6) return undefined;
  return { input: NormalizedSchema.of(schema[4]), output: NormalizedSchema.of(schema[5]) };
}

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

/** How times are written in results: SDK integrations as ISO 8601, optimised ones as milliseconds since the epoch. */
export type TimeForm = 'iso' | 'milliseconds';

/** A result of the SDK as Step Functions gives it: members in PascalCase, blobs as text, what is not set left out. */
export function fromSdkOutput(shape: Shape, value: unknown, times: TimeForm): Json {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return times === 'iso' ? isoOf(value) : value.getTime();
  if (value instanceof Uint8Array) return textOf(value, shape);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return scalarToJson(value);
  if (shape.isDocumentSchema()) return documentToJson(value);
  if (shape.isStructSchema()) {
    const members = [...shape.structIterator()].map(([name, member]): [string, Json] => [
      pascal(name),
      fromSdkOutput(member, Reflect.get(value, name), times),
    ]);
    return Object.fromEntries(members.filter(([, member]) => member !== null));
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) => fromSdkOutput(shape.getValueSchema(), item, times));
  }
  const inner = shape.isMapSchema() ? shape.getValueSchema() : shape;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, fromSdkOutput(inner, entry, times)]),
  );
}

function scalarToJson(value: unknown): Json {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function documentToJson(value: object): Json {
  const plain: Json = JSON.parse(JSON.stringify(value));
  return plain;
}

/** `2024-05-01T10:00:00Z`: without the milliseconds where there are none, as Java writes an instant. */
function isoOf(time: Date): string {
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().replace('.000Z', 'Z');
}

/** Bytes as the text that they are, else as base64; attributes of DynamoDB always as base64. */
function textOf(bytes: Uint8Array, shape: Shape): string {
  const buffer = Buffer.from(bytes);
  if (shape.isBlobSchema() && shape.getMemberName() === 'B') return buffer.toString('base64');
  const text = buffer.toString('utf8');
  return Buffer.from(text, 'utf8').equals(buffer) ? text : buffer.toString('base64');
}

function pascal(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
