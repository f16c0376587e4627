import * as z from 'zod';
import { EVENT_VERSION, isoOf, type MonitoringEvent, MonitoringEventSchema } from '../events/event.ts';

/** An event as the log has it: what is looked for in columns, and the rest as text, short: it is written with every change. */
export interface EventRow {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly kind: string;
  readonly execution: string | null;
  readonly rest: string;
}

/** The rest, by names of one letter; what is not there is left out. */
const RestSchema = z.object({
  /** The id behind the kind that it begins with. */
  i: z.string().exactOptional(),
  /** The id, where it begins with something else. */
  id: z.string().exactOptional(),
  /** The time, where it is not written as ours are. */
  a: z.string().exactOptional(),
  w: z.string().exactOptional(),
  n: z.string().exactOptional(),
  p: z.string().exactOptional(),
  d: z.string().exactOptional(),
  c: z.string().exactOptional(),
  /** Read with the event. */
  x: z.unknown(),
});

/** The row of an event. */
export function rowOf(event: MonitoringEvent): EventRow {
  const { id, kind, execution = null } = event;
  const at = Date.parse(event.at);
  const isOfKind = id.startsWith(kind) && id[kind.length] === '/';
  const rest = {
    i: isOfKind ? id.slice(kind.length + 1) : undefined,
    id: isOfKind ? undefined : id,
    a: isoOf(at) === event.at ? undefined : event.at,
    ...{ w: event.workflow, n: event.version, p: event.path, d: event.device, c: event.command },
    x: event.data,
  };
  return { at, kind, execution, rest: JSON.stringify(rest) };
}

/** The event of a row. Rows that were written before they were short have its whole text. */
export function eventOf({ at, kind, execution, rest }: EventRow): MonitoringEvent {
  const read: unknown = JSON.parse(rest);
  if (typeof read === 'object' && read !== null && 'v' in read) return MonitoringEventSchema.parse(read);
  const { i = '', id = `${kind}/${i}`, a = isoOf(at), w, n, p, d, c, x } = RestSchema.parse(read);
  return MonitoringEventSchema.parse({
    ...{ v: EVENT_VERSION, id, kind, at: a },
    ...(execution === null ? {} : { execution }),
    ...(w === undefined ? {} : { workflow: w }),
    ...(n === undefined ? {} : { version: n }),
    ...(p === undefined ? {} : { path: p }),
    ...(d === undefined ? {} : { device: d }),
    ...(c === undefined ? {} : { command: c }),
    data: x,
  });
}
