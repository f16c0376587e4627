import * as z from 'zod';
import { isJsonObject } from '#core/json.ts';
import type { Device } from '#devices/device.ts';
import { type Breaker, BreakerSchema } from '#routing/breaker.ts';
import type { Item } from '#table/table.ts';
import { changedFields, type RecordChange, type Teller, tellerOf } from './change-of.ts';
import { isoOf, type MonitoringEvent, makeEvent } from './event.ts';
import {
  fieldsOf,
  nameIn,
  numberOf,
  optionalNumberOf,
  optionalTextOf,
  textOf,
  type Unread,
} from './record-fields.ts';

/** A whole fleet may come at the same moment: a device's record is read field by field. */
type DeviceRecord = Unread<Device>;

const KIND_OF_STATUS = {
  online: 'device.online',
  offline: 'device.offline',
} as const satisfies { readonly [Status in Device['status']]: string };

/** What a device is, whatever it does. */
const IDENTITY = ['type', 'zone', 'capabilities', 'tags'] as const;

/** So many fields are named of those that a device reports anew. */
const MOST_FIELDS = 50;

/** What the record of a device tells. */
export function tellDevice({ before, after, at }: RecordChange): readonly MonitoringEvent[] {
  const [was, is]: [DeviceRecord | undefined, DeviceRecord | undefined] = [before, after];
  if (is === undefined) return was === undefined ? [] : [removed(was, at)];
  const events = was === undefined ? [registered(is)] : changes(was, is, at);
  if (statusOf(is) !== (was === undefined ? 'offline' : statusOf(was))) events.push(presence(is, at));
  return events;
}

function registered(device: DeviceRecord): MonitoringEvent {
  const [id, at] = [textOf(device.id, 'id'), registeredAt(device)];
  const data = { type: typeOf(device), zone: zoneOf(device) };
  return makeEvent({ kind: 'device.registered', key: [id, at], at, subject: { device: id }, data });
}

function removed(device: DeviceRecord, at: number): MonitoringEvent {
  const id = textOf(device.id, 'id');
  return makeEvent({
    ...{ kind: 'device.removed', key: [id, registeredAt(device)], at, subject: { device: id } },
    data: { type: typeOf(device), zone: zoneOf(device), status: statusOf(device) },
  });
}

function presence(device: DeviceRecord, at: number): MonitoringEvent {
  const [kind, subject] = [KIND_OF_STATUS[statusOf(device)], { device: textOf(device.id, 'id') }];
  return makeEvent({ kind, key: timeOf(device), at, subject, data: {} });
}

function changes(was: DeviceRecord, is: DeviceRecord, at: number): MonitoringEvent[] {
  const events: MonitoringEvent[] = [];
  // One that comes or goes is what it was, and what an update does not set is the same value.
  if (was.reported === is.reported && IDENTITY.every((name) => was[name] === is[name])) return events;
  const changed = changedFields(identity(was), identity(is), IDENTITY);
  const [before, after] = [fieldsOf(was.reported, 'reported'), fieldsOf(is.reported, 'reported')];
  const reported = changedFields(before, after);
  if (changed.length + reported.length === 0) return events;
  const [key, subject] = [timeOf(is), { device: textOf(is.id, 'id') }];
  if (changed.length > 0)
    events.push(makeEvent({ kind: 'device.changed', key, at, subject, data: { changed } }));
  if (reported.length > 0) {
    const data = { changed: reported.slice(0, MOST_FIELDS) };
    events.push(makeEvent({ kind: 'device.reported', key, at, subject, data }));
  }
  return events;
}

/** What a device is, with what stands for what its record does not say. */
function identity(device: DeviceRecord) {
  return {
    type: typeOf(device),
    zone: zoneOf(device),
    capabilities: fieldsOf(device.capabilities, 'capabilities'),
    tags: fieldsOf(device.tags, 'tags'),
  };
}

function typeOf({ type }: DeviceRecord): string {
  return optionalTextOf(type, 'type') ?? 'device';
}

function zoneOf({ zone }: DeviceRecord): string | undefined {
  return optionalTextOf(zone, 'zone');
}

function statusOf({ status }: DeviceRecord): Device['status'] {
  return status === undefined ? 'offline' : nameIn(KIND_OF_STATUS, status, 'status');
}

function registeredAt(device: DeviceRecord): number {
  return numberOf(device.registeredAt, 'registeredAt');
}

/** What tells one change of a device from all others, those of one that had its id before counted in. */
function timeOf(device: DeviceRecord): readonly (string | number)[] {
  const revision = optionalNumberOf(device.revision, 'revision') ?? 0;
  return [textOf(device.id, 'id'), registeredAt(device), revision];
}

/** Of each ability no more than its breaker. */
const BreakersSchema = z.object({
  abilities: z.record(z.string(), z.object({ breaker: BreakerSchema.exactOptional() })).default({}),
});

const tellBreakers = tellerOf(BreakersSchema, ({ key, before, after, at }) => {
  const device = key.pk.slice(key.pk.indexOf('#') + 1);
  const was = before?.abilities ?? {};
  const is = after?.abilities ?? {};
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((ability) =>
    breaker({ device, ability, at, before: was[ability]?.breaker, after: is[ability]?.breaker }),
  );
});

/** What the record of a device's health tells: its breakers. It changes with each command, and most have none. */
export const tellHealth: Teller = (change) =>
  hasBreaker(change.before) || hasBreaker(change.after) ? tellBreakers(change) : [];

function hasBreaker(item: Item | undefined): boolean {
  const abilities = item?.['abilities'];
  if (!isJsonObject(abilities)) return false;
  for (const name in abilities) {
    const ability = abilities[name];
    if (isJsonObject(ability) && 'breaker' in ability) return true;
  }
  return false;
}

interface BreakerChange {
  readonly device: string;
  readonly ability: string;
  readonly at: number;
  readonly before: Breaker | undefined;
  readonly after: Breaker | undefined;
}

function breaker({ device, ability, at, before, after }: BreakerChange): MonitoringEvent[] {
  const subject = { device };
  if (after !== undefined && after.until !== before?.until) {
    const kind = after.reason === 'outlier' ? 'device.quarantined' : 'device.breaker-opened';
    const data = { ability, until: isoOf(after.until) };
    return [makeEvent({ kind, key: [device, ability, after.until], at, subject, data })];
  }
  if (before === undefined || after !== undefined) return [];
  const key = [device, ability, before.until];
  return [makeEvent({ kind: 'device.breaker-closed', key, at, subject, data: { ability } })];
}
