import * as z from 'zod';
import { type Json, type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { EVENT_KINDS, type EventData, type EventKind, isEventKind } from './kinds.ts';

/** Version of the event model. A field more is no new version; a field that goes, or means something else, is one. */
export const EVENT_VERSION = 1;

/** What an event is about. Consumers choose by these. */
export const EventSubjectSchema = z.object({
  execution: z.string().exactOptional().describe('Id of the execution.'),
  workflow: z.string().exactOptional().describe('Its workflow.'),
  version: z.string().exactOptional().describe('The version of the workflow that it runs.'),
  path: z.string().exactOptional().describe('Its step, such as `rollout[3].flash`.'),
  device: z.string().exactOptional().describe('Id of the device.'),
  command: z.string().exactOptional().describe('Id of the command.'),
});

/** What an event is about. */
export type EventSubject = z.infer<typeof EventSubjectSchema>;

/** What all events have. What is in `data` goes by the kind ({@link EVENT_KINDS}). */
export const MonitoringEventSchema = z
  .object({
    v: z.literal(EVENT_VERSION).describe('Version of the event model.'),
    id: z.string().describe('The same whenever the same event comes again, on every runtime.'),
    at: z.string().describe('When it happened: ISO 8601, in UTC, with milliseconds.'),
    kind: z.custom<EventKind>(isEventKind).describe('What happened.'),
  })
  .extend(EventSubjectSchema.shape)
  .extend({ data: JsonObjectSchema.describe('What else there is to know of it, by its kind.') });

/** Something that has happened, as every consumer sees it. */
export type MonitoringEvent = z.infer<typeof MonitoringEventSchema>;

/** What an event is made of. */
export interface EventParts<Kind extends EventKind> {
  readonly kind: Kind;
  /** Tells it from other events of the same kind: ids of what it is about, and a time or a count where it can happen again. */
  readonly key: readonly (string | number)[];
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly subject: { readonly [Name in keyof EventSubject]: EventSubject[Name] | undefined };
  readonly data: EventData<Kind>;
}

/**
 * Makes an event. Its id follows from what it is about, so that whoever hears of it twice knows that it is the same. Field by field: some
 * are made of each step of each execution, and to spread parts takes several times as long.
 */
export function makeEvent<Kind extends EventKind>({
  kind,
  key,
  at,
  subject: { execution, workflow, version, path, device, command },
  data,
}: EventParts<Kind>): MonitoringEvent {
  let id: string = kind;
  for (const part of key) id += `/${part}`;
  const event: Omit<MonitoringEvent, 'data'> = { v: EVENT_VERSION, id, kind, at: isoOf(at) };
  if (execution !== undefined) event.execution = execution;
  if (workflow !== undefined) event.workflow = workflow;
  if (version !== undefined) event.version = version;
  if (path !== undefined) event.path = path;
  if (device !== undefined) event.device = device;
  if (command !== undefined) event.command = command;
  return { ...event, data: isWhole(data) ? data : withoutUndefined(data) };
}

type MaybeJson = Readonly<Record<string, Json | undefined>>;

function isWhole(data: MaybeJson): data is JsonObject {
  for (const name in data) if (data[name] === undefined) return false;
  return true;
}

/** What is undefined is left out, as JSON does. By entries it would take longer than all else that makes an event. */
function withoutUndefined(data: MaybeJson): JsonObject {
  const kept: Record<string, Json> = {};
  for (const name in data) {
    const value = data[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** The second that was told last, and its moments: of a busy server many are the same. */
const told = { second: Number.NaN, text: '', moments: new Map<number, string>() };

/** A moment as events have it. */
export function isoOf(ms: number): string {
  const whole = Math.trunc(ms);
  const second = Math.floor(whole / 1_000);
  if (second !== told.second) {
    told.text = new Date(second * 1_000).toISOString().slice(0, -4);
    told.second = second;
    told.moments.clear();
  }
  const known = told.moments.get(whole);
  if (known !== undefined) return known;
  const moment = `${told.text}${String(whole - second * 1_000).padStart(3, '0')}Z`;
  told.moments.set(whole, moment);
  return moment;
}

/** The schema of an event with what its kind has in `data`. */
export function schemaOfKind(kind: EventKind): z.ZodType {
  return MonitoringEventSchema.extend({ kind: z.literal(kind), data: EVENT_KINDS[kind].data });
}
