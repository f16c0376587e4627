import type { z } from 'zod';
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

/** Fields of two objects of which one has another value than the other, or none. */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name] && !isEqual(before[name], after[name]));
}

function isEqual(one: unknown, other: unknown): boolean {
  const isObject = typeof one === 'object' && typeof other === 'object';
  return isObject && JSON.stringify(one) === JSON.stringify(other);
}
