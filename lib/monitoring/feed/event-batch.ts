import * as z from 'zod';
import { type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { EVENT_VERSION, type EventSubject, type MonitoringEvent } from '../events/event.ts';
import { type EventKind, isEventKind } from '../events/kinds.ts';

/** Stands in a column for the value before. */
const SAME = 0;
const KindSchema = z.custom<EventKind>(isEventKind);
const ColumnSchema = z.array(z.union([z.string(), z.literal(SAME), z.null()]));
const SparseSchema = ColumnSchema.exactOptional();

/**
 * Events that are written together, a column for each of what they have, by names of one letter. A value that is the one before is not
 * said again, and a column ends with the last that is another; one in which there is nothing is left out. They are written with
 * every change, and much of what happens together is alike: in columns that takes half the time, and half the room.
 */
const BatchSchema = z.object({
  k: z.tuple([KindSchema], z.union([KindSchema, z.literal(SAME)])),
  a: ColumnSchema,
  /** How the id ends that begins as those of its kind do that are about such a thing ({@link usualId}). */
  i: SparseSchema,
  /** The id, where it begins otherwise. */
  id: SparseSchema,
  ...{ e: SparseSchema, w: SparseSchema, n: SparseSchema, p: SparseSchema, d: SparseSchema, c: SparseSchema },
  x: z.array(JsonObjectSchema),
});

/** A column as it is written. */
type Column<Value extends string = string> = readonly (Value | typeof SAME | null)[];

/** The columns of what events are about. */
const COLUMNS = [
  ...([['execution', 'e'] as const, ['workflow', 'w'] as const, ['version', 'n'] as const] as const),
  ...([['path', 'p'] as const, ['device', 'd'] as const, ['command', 'c'] as const] as const),
] satisfies readonly (readonly [keyof EventSubject, string])[];

/** What tells whether an event may be wanted, before all of it is read. */
export type EventGlance = (kind: EventKind, execution: string | undefined) => boolean;

/** A column as it is made, value after value. */
class ColumnWriter {
  readonly #written: (string | typeof SAME | null)[] = [];
  #before: string | undefined;

  put(index: number, value: string | undefined): void {
    if (value === this.#before) return;
    while (this.#written.length < index) this.#written.push(SAME);
    this.#written.push(value ?? null);
    this.#before = value;
  }

  /** Left out where nothing is in it. */
  get written(): Column | undefined {
    return this.#written.length === 0 ? undefined : this.#written;
  }
}

/** The text of events that are written together, at least one. Column by column from {@link COLUMNS} takes twice as long. */
export function batchText(events: readonly MonitoringEvent[]): string {
  const [k, a, i, id] = [new ColumnWriter(), new ColumnWriter(), new ColumnWriter(), new ColumnWriter()];
  const [e, w, n] = [new ColumnWriter(), new ColumnWriter(), new ColumnWriter()];
  const [p, d, c] = [new ColumnWriter(), new ColumnWriter(), new ColumnWriter()];
  const x: JsonObject[] = [];
  for (const event of events) {
    const at = x.length;
    const end = endOfId(event);
    k.put(at, event.kind);
    a.put(at, event.at);
    i.put(at, end === '' ? undefined : end);
    id.put(at, end === undefined ? event.id : undefined);
    e.put(at, event.execution);
    w.put(at, event.workflow);
    n.put(at, event.version);
    p.put(at, event.path);
    d.put(at, event.device);
    c.put(at, event.command);
    x.push(event.data);
  }
  return JSON.stringify({
    ...{ k: k.written, a: a.written, i: i.written, id: id.written, e: e.written, w: w.written, n: n.written },
    ...{ p: p.written, d: d.written, c: c.written, x },
  });
}

/**
 * What comes after the usual begin of an id ({@link usualId}, compared part by part); undefined where it begins otherwise. Looked for
 * by its index: `startsWith` takes twice as long.
 */
function endOfId({ id, kind, execution, command }: MonitoringEvent): string | undefined {
  const about = command ?? execution ?? '';
  const begin = kind.length + 1;
  if (id.indexOf(kind) !== 0 || id[kind.length] !== '/' || id.indexOf(about, begin) !== begin)
    return undefined;
  return id.slice(begin + about.length);
}

/** How ids of a kind begin, of events about a command, or an execution. */
function usualId(kind: string, about = ''): string {
  return `${kind}/${about}`;
}

/** The events of a batch, in order; in the place of one that is not wanted there is nothing. */
export function readBatch(text: string, isWanted: EventGlance): readonly (MonitoringEvent | undefined)[] {
  const { k, a, i, id, x, ...about } = BatchSchema.parse(JSON.parse(text));
  const [times, ends, ids] = [valuesOf(a, x), valuesOf(i, x), valuesOf(id, x)];
  const subjects = COLUMNS.map(([name, column]) => [name, valuesOf(about[column], x)] as const);
  const executions = valuesOf(about.e, x);
  return valuesOf(k, x).map((kind, index) => {
    if (kind === undefined || !isWanted(kind, executions[index])) return undefined;
    const subject: { -readonly [Name in keyof EventSubject]: EventSubject[Name] } = {};
    for (const [name, values] of subjects) {
      const value = values[index];
      if (value !== undefined) subject[name] = value;
    }
    const usual = usualId(kind, subject.command ?? subject.execution);
    const whole = ids[index] ?? usual + (ends[index] ?? '');
    return { v: EVENT_VERSION, id: whole, kind, at: times[index] ?? '', ...subject, data: x[index] ?? {} };
  });
}

/** The values of a column, for each of what it is a column of. */
function valuesOf<Value extends string>(
  column: Column<Value> = [],
  of: readonly unknown[],
): readonly (Value | undefined)[] {
  let before: Value | undefined;
  return of.map((_, index) => {
    const value = column[index] ?? (index < column.length ? undefined : SAME);
    if (value !== SAME) before = value;
    return before;
  });
}

/** What the text of every batch has in it that has an event of this execution. */
export function textOfExecution(execution: string): string {
  return JSON.stringify(execution);
}
