import * as z from 'zod';
import { JsonObjectSchema } from '#core/json.ts';
import { EVENT_VERSION, type MonitoringEvent } from '../events/event.ts';
import { type EventKind, isEventKind } from '../events/kinds.ts';

/** An event as a batch has it, by names of one letter: it is written with every change. What is not there is left out. */
const ShortEventSchema = z.object({
  k: z.custom<EventKind>(isEventKind),
  /** How the id ends that begins as ids of its kind about such a thing do ({@link usualId}). */
  i: z.string().exactOptional(),
  /** The id, where it begins otherwise. */
  id: z.string().exactOptional(),
  a: z.string(),
  e: z.string().exactOptional(),
  w: z.string().exactOptional(),
  n: z.string().exactOptional(),
  p: z.string().exactOptional(),
  d: z.string().exactOptional(),
  c: z.string().exactOptional(),
  x: JsonObjectSchema,
});

type ShortEvent = z.infer<typeof ShortEventSchema>;

const BatchSchema = z.array(z.looseObject({ k: z.string(), e: z.string().exactOptional() }));

/** What tells whether an event may be wanted, before all of it is read. */
export type EventGlance = (kind: string, execution: string | undefined) => boolean;

/** The text of events that are written together. */
export function batchText(events: readonly MonitoringEvent[]): string {
  return JSON.stringify(events.map(shortOf));
}

/** The events of a batch, in order; in the place of one that is not wanted there is nothing. */
export function readBatch(text: string, isWanted: EventGlance): readonly (MonitoringEvent | undefined)[] {
  return BatchSchema.parse(JSON.parse(text)).map((event) =>
    isWanted(event.k, event.e) ? eventOf(ShortEventSchema.parse(event)) : undefined,
  );
}

/** What is in the text of every batch that has an event of this execution. */
export function textOfExecution(execution: string): string {
  return JSON.stringify({ e: execution } satisfies Partial<ShortEvent>).slice(1, -1);
}

function shortOf(event: MonitoringEvent): Readonly<Record<keyof ShortEvent, unknown>> {
  const { id, kind, at, execution, workflow, version, path, device, command, data } = event;
  const usual = usualId(kind, command ?? execution);
  const isUsual = id.startsWith(usual);
  return {
    ...{ k: kind, a: at },
    i: isUsual && id.length > usual.length ? id.slice(usual.length) : undefined,
    id: isUsual ? undefined : id,
    ...{ e: execution, w: workflow, n: version, p: path, d: device, c: command, x: data },
  };
}

/** How ids of a kind begin, of events about a command, or an execution. */
function usualId(kind: string, about = ''): string {
  return `${kind}/${about}`;
}

function eventOf({ k, i, id, a, e, w, n, p, d, c, x }: ShortEvent): MonitoringEvent {
  return {
    ...{ v: EVENT_VERSION, id: id ?? usualId(k, c ?? e) + (i ?? ''), kind: k, at: a },
    ...(e === undefined ? {} : { execution: e }),
    ...(w === undefined ? {} : { workflow: w }),
    ...(n === undefined ? {} : { version: n }),
    ...(p === undefined ? {} : { path: p }),
    ...(d === undefined ? {} : { device: d }),
    ...(c === undefined ? {} : { command: c }),
    data: x,
  };
}
