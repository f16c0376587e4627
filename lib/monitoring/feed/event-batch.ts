import * as z from 'zod';
import { type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { EVENT_VERSION, type EventSubject, type MonitoringEvent } from '../events/event.ts';
import { type EventKind, isEventKind } from '../events/kinds.ts';

const ColumnSchema = z.array(z.string().nullable()).exactOptional();

/**
 * Events that are written together, a column for each of what they have, by names of one letter; one that none of them has is left out.
 * They are written with every change, and in columns that takes half the time: names stand there once, and no object is made
 * of each event.
 */
const BatchSchema = z.object({
  k: z.array(z.custom<EventKind>(isEventKind)),
  a: z.array(z.string()),
  /** How the id ends that begins as those of its kind do that are about such a thing ({@link usualId}). */
  i: ColumnSchema,
  /** The id, where it begins otherwise. */
  id: ColumnSchema,
  ...{ e: ColumnSchema, w: ColumnSchema, n: ColumnSchema, p: ColumnSchema, d: ColumnSchema, c: ColumnSchema },
  x: z.array(JsonObjectSchema),
});

type Batch = z.infer<typeof BatchSchema>;
type Column = readonly (string | undefined)[];

/** The columns of what events are about. */
const COLUMNS = [
  ...([['execution', 'e'] as const, ['workflow', 'w'] as const, ['version', 'n'] as const] as const),
  ...([['path', 'p'] as const, ['device', 'd'] as const, ['command', 'c'] as const] as const),
] satisfies readonly (readonly [keyof EventSubject, keyof Batch])[];

/** What tells whether an event may be wanted, before all of it is read. */
export type EventGlance = (kind: EventKind, execution: string | undefined) => boolean;

/** The text of events that are written together. */
export function batchText(events: readonly MonitoringEvent[]): string {
  const ends = events.map(endOfId);
  const batch: Record<string, Column | readonly JsonObject[] | undefined> = {
    k: events.map(({ kind }) => kind),
    a: events.map(({ at }) => at),
    i: unlessEmpty(ends.map((end) => (end === '' ? undefined : end))),
    id: unlessEmpty(events.map(({ id }, index) => (ends[index] === undefined ? id : undefined))),
  };
  for (const [name, column] of COLUMNS) batch[column] = unlessEmpty(events.map((event) => event[name]));
  batch['x'] = events.map(({ data }) => data);
  return JSON.stringify(batch);
}

function unlessEmpty(column: Column): Column | undefined {
  return column.some((value) => value !== undefined) ? column : undefined;
}

/** What comes after the usual begin of an id; undefined where it begins otherwise. */
function endOfId({ id, kind, execution, command }: MonitoringEvent): string | undefined {
  const usual = usualId(kind, command ?? execution);
  return id.startsWith(usual) ? id.slice(usual.length) : undefined;
}

/** How ids of a kind begin, of events about a command, or an execution. */
function usualId(kind: string, about = ''): string {
  return `${kind}/${about}`;
}

/** The events of a batch, in order; in the place of one that is not wanted there is nothing. */
export function readBatch(text: string, isWanted: EventGlance): readonly (MonitoringEvent | undefined)[] {
  const batch = BatchSchema.parse(JSON.parse(text));
  return batch.k.map((kind, index) =>
    isWanted(kind, batch.e?.[index] ?? undefined) ? eventAt(batch, kind, index) : undefined,
  );
}

function eventAt(batch: Batch, kind: EventKind, index: number): MonitoringEvent {
  const subject: { -readonly [Name in keyof EventSubject]: EventSubject[Name] } = {};
  for (const [name, column] of COLUMNS) {
    const value = batch[column]?.[index];
    if (typeof value === 'string') subject[name] = value;
  }
  const usual = usualId(kind, subject.command ?? subject.execution);
  const id = batch.id?.[index] ?? usual + (batch.i?.[index] ?? '');
  return { v: EVENT_VERSION, id, kind, at: batch.a[index] ?? '', ...subject, data: batch.x[index] ?? {} };
}

/** What the text of every batch has in it that has an event of this execution. */
export function textOfExecution(execution: string): string {
  return JSON.stringify(execution);
}
