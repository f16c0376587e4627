import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { MonitoringEvent } from '../events/event.ts';

/** What is known of a device besides its id. */
export interface DeviceFacts {
  readonly zone?: string | undefined;
  readonly type?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** An event as rules see it. */
export interface Observation {
  readonly kind: string;
  /** ms since the Unix epoch. */
  readonly at: number;
  /** What `where` and `by` read: the fields of the event, of its data, and of its device. */
  readonly record: JsonObject;
  /** The same for what begins and ends one thing. */
  readonly thing: string;
  readonly device?: string | undefined;
  readonly execution?: string | undefined;
}

/** An event as rules see it: of several pools, once for each. */
export function observe(event: MonitoringEvent, device: DeviceFacts | undefined): readonly Observation[] {
  const { v: _version, id, at, data, ...subject } = event;
  const { pools, name, ...rest } = data;
  const record: JsonObject = {
    ...rest,
    ...defined({ ...subject }),
    ...deviceFields(device),
    ...(subject.command === undefined ? {} : { command: name ?? '', commandId: subject.command }),
    ...(subject.path === undefined ? {} : { step: stepOf(subject.path) }),
    ...(subject.kind === 'decision.published' ? { decision: name ?? '' } : {}),
    at,
  };
  const common = {
    kind: event.kind,
    at: Date.parse(at),
    thing: thingOf(event, id),
    device: event.device,
    execution: event.execution,
  };
  if (!isJsonObject(pools)) return [{ ...common, record }];
  return Object.entries(pools).map(([pool, units]) => ({
    ...common,
    record: { ...record, pool, units: units ?? 0 },
  }));
}

/** Fields of an event win over those of its device. */
function deviceFields(device: DeviceFacts | undefined): JsonObject {
  if (device === undefined) return {};
  const { zone, type, tags } = device;
  return defined({ zone, type, tags: tags === undefined ? undefined : { ...tags } });
}

function defined(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Of all iterations, a step is one. */
function stepOf(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '');
}

/** What begins and ends: an execution, a command, or what the ids of its events have in common. */
function thingOf({ kind, execution, command }: MonitoringEvent, id: string): string {
  if (kind.startsWith('execution.')) return execution ?? id;
  return kind.startsWith('command.') ? (command ?? id) : id.slice(id.indexOf('/') + 1);
}

/** The value of a field, with dots between, as text; undefined where there is none. */
export function fieldText(record: JsonObject, field: string): string | undefined {
  let value: Json | undefined = record;
  for (const part of field.split('.')) {
    value = isJsonObject(value) ? value[part] : undefined;
  }
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
