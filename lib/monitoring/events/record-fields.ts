import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Key } from '#table/table.ts';

/**
 * A record as it stands in the table, of which no field has been looked at. Records that change many times in each execution are read
 * field by field: whole, by their schema, takes as long as all else that makes their events.
 */
export type Unread<Fields> = Key & { readonly [Name in keyof Fields]?: Json | undefined };

/** Throws where it is missing, or no text. */
export function textOf(value: Json | undefined, name: string): string {
  return typeof value === 'string' ? value : unfit(name);
}

/** Undefined where it is missing; throws where it is no text. */
export function optionalTextOf(value: Json | undefined, name: string): string | undefined {
  return value === undefined || typeof value === 'string' ? value : unfit(name);
}

/** Throws where it is missing, or no name of this table. */
export function nameIn<Name extends string>(
  table: Readonly<Record<Name, unknown>>,
  value: Json | undefined,
  name: string,
): Name {
  return isNameIn(table, value) ? value : unfit(name);
}

/** Throws where it is missing, or no number. */
export function numberOf(value: Json | undefined, name: string): number {
  return typeof value === 'number' ? value : unfit(name);
}

/** Undefined where it is missing; throws where it is no number. */
export function optionalNumberOf(value: Json | undefined, name: string): number | undefined {
  return value === undefined || typeof value === 'number' ? value : unfit(name);
}

/** Throws where it is missing, or neither true nor false. */
export function flagOf(value: Json | undefined, name: string): boolean {
  return typeof value === 'boolean' ? value : unfit(name);
}

const NONE: JsonObject = {};

/** None where it is missing; throws where it is no object. */
export function fieldsOf(value: Json | undefined, name: string): JsonObject {
  if (value === undefined) return NONE;
  return isJsonObject(value) ? value : unfit(name);
}

function isNameIn<Name extends string>(
  table: Readonly<Record<Name, unknown>>,
  value: Json | undefined,
): value is Name {
  return typeof value === 'string' && Object.hasOwn(table, value);
}

function unfit(name: string): never {
  throw new Error(`"${name}" is not what it has to be`);
}
