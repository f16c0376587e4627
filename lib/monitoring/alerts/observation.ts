import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { MonitoringEvent } from '../events/event.ts';

/** What is known of a device besides its id. */
export interface DeviceFacts {
  readonly zone?: string | undefined;
  readonly type?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Fields that stand in the event itself, and mean the same to rules. Most rules ask for no others. */
const OWN_FIELDS = ['device', 'workflow', 'version', 'execution', 'path'] as const;

/** An event as rules see it. What most rules do not ask for is made when one does. */
export class Observation {
  readonly kind: string;
  /** ms since the Unix epoch. */
  readonly at: number;
  readonly #event: MonitoringEvent;
  readonly #facts: DeviceFacts | undefined;
  readonly #units: JsonObject;
  #record: JsonObject | undefined;

  /** @param units the pool that it is about, and how many units of it. */
  constructor(event: MonitoringEvent, facts: DeviceFacts | undefined, units: JsonObject = {}) {
    this.kind = event.kind;
    this.at = Date.parse(event.at);
    this.#event = event;
    this.#facts = facts;
    this.#units = units;
  }

  /** Id of the device that it is about. */
  get device(): string | undefined {
    return this.#event.device;
  }

  get execution(): string | undefined {
    return this.#event.execution;
  }

  get workflow(): string | undefined {
    return this.#event.workflow;
  }

  /** What its data has under this name. */
  data(name: string): Json | undefined {
    return this.#event.data[name];
  }

  /** The same for what begins and ends one thing: an execution, a command, or what the ids of its events have in common. */
  get thing(): string {
    const { kind, execution, command, id, data } = this.#event;
    if (kind.startsWith('execution.')) return execution ?? id;
    if (kind.startsWith('alarm.')) return String(data['alarm']);
    return kind.startsWith('command.') ? (command ?? id) : id.slice(id.indexOf('/') + 1);
  }

  /** The value of a field, with dots between; undefined where there is none. */
  value(field: string): Json | undefined {
    const own = OWN_FIELDS.find((name) => name === field);
    return own === undefined ? fieldOf(this.record, field) : this.#event[own];
  }

  /** The same as text; undefined also for null. */
  text(field: string): string | undefined {
    const value = this.value(field);
    if (value === undefined || value === null) return undefined;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  /** What expressions read: the fields of the event, of its data, and of its device. */
  get record(): JsonObject {
    this.#record ??= { ...recordOf(this.#event, this.#facts), ...this.#units };
    return this.#record;
  }
}

/** An event as rules see it: of several pools, once for each. */
export function observe(event: MonitoringEvent, facts: DeviceFacts | undefined): readonly Observation[] {
  const { pools } = event.data;
  if (!isJsonObject(pools)) return [new Observation(event, facts)];
  return Object.entries(pools).map(
    ([pool, units]) => new Observation(event, facts, { pool, units: units ?? 0 }),
  );
}

function recordOf(event: MonitoringEvent, facts: DeviceFacts | undefined): JsonObject {
  const { v: _version, id: _id, at, data, ...subject } = event;
  const { pools: _pools, name, ...rest } = data;
  return {
    ...rest,
    ...defined({ ...subject }),
    ...deviceFields(facts),
    ...(subject.command === undefined ? {} : { command: name ?? '', commandId: subject.command }),
    ...(subject.path === undefined ? {} : { step: stepOf(subject.path) }),
    ...(subject.kind === 'decision.published' ? { decision: name ?? '' } : {}),
    at,
  };
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

function fieldOf(record: JsonObject, field: string): Json | undefined {
  let value: Json | undefined = record;
  for (const part of field.split('.')) {
    value = isJsonObject(value) ? value[part] : undefined;
  }
  return value;
}
