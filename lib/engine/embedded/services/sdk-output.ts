import type { Json } from '#core/json.ts';
import { pascal, type Shape } from './sdk-shape.ts';

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
