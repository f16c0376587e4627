import type { z } from 'zod';
import { isJsonObject, type Json } from '#core/json.ts';
import type { Item, Key } from '#table/table.ts';
import type { MonitoringEvent } from './event.ts';

/** A change of a record, and when it was made (ms since the Unix epoch): what events are made of. */
export interface RecordChange {
  readonly key: Key;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  readonly at: number;
}

/** The same, with the records read by their schema. */
export interface ChangeOf<Fields> {
  readonly key: Key;
  readonly before: Fields | undefined;
  readonly after: Fields | undefined;
  readonly at: number;
}

/** Makes events of the changes of one kind of record. */
export type Teller = (change: RecordChange) => readonly MonitoringEvent[];

/** A teller of what a schema makes of the records. */
export function tellerOf<Schema extends z.ZodType>(
  schema: Schema,
  tell: (change: ChangeOf<z.infer<Schema>>) => readonly MonitoringEvent[],
): Teller {
  return ({ key, before, after, at }) => {
    const was = before === undefined ? undefined : schema.parse(before);
    const is = after === undefined ? undefined : schema.parse(after);
    return tell({ key, at, before: was, after: is });
  };
}

const LONGEST_CAUSE = 500;

/** Error and cause, as events have them. */
export function failureOf({ error, cause }: { error?: string | undefined; cause?: string | undefined }): {
  error?: string;
  cause?: string;
} {
  return {
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause: cause.slice(0, LONGEST_CAUSE) }),
  };
}

type Fields = Readonly<Record<string, Json | undefined>>;

/** Fields of two objects of which one has another value than the other, or none: of these names, or all. */
export function changedFields(before: Fields, after: Fields, names?: readonly string[]): string[] {
  if (before === after) return [];
  const changed: string[] = [];
  for (const name of names ?? Object.keys(before))
    if (!isSame(fieldAt(before, name), fieldAt(after, name))) changed.push(name);
  if (names === undefined)
    for (const name of Object.keys(after)) if (!Object.hasOwn(before, name)) changed.push(name);
  return changed;
}

function fieldAt(fields: Fields, name: string): Json | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Whether two values say the same, in whatever order the fields of objects are. */
function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (isJsonObject(one) && isJsonObject(other)) return changedFields(one, other).length === 0;
  return Array.isArray(one) && Array.isArray(other) && isSameList(one, other);
}

function isSameList(one: readonly Json[], other: readonly Json[]): boolean {
  return one.length === other.length && one.every((value, at) => isSame(value, other[at]));
}
