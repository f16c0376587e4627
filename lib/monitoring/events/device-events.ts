import * as z from 'zod';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import { DeviceSchema } from '#devices/device.ts';
import { type Breaker, BreakerSchema } from '#routing/breaker.ts';
import type { Item } from '#table/table.ts';
import { changedFields, type Teller, tellerOf } from './change-of.ts';
import { isoOf, type MonitoringEvent, makeEvent } from './event.ts';

/** What a device reports is compared, and not looked into. */
const RecordSchema = DeviceSchema.extend({ reported: z.custom<JsonObject>().default({}) });

type Device = z.infer<typeof RecordSchema>;

/** So many fields are named of those that a device reports anew. */
const MOST_FIELDS = 50;

/** What the record of a device tells. */
export const tellDevice = tellerOf(RecordSchema, ({ before, after, at }) => {
  if (after === undefined) return before === undefined ? [] : [removed(before, at)];
  return [
    ...(before === undefined ? [registered(after)] : changes(before, after, at)),
    ...(after.status === (before?.status ?? 'offline') ? [] : [presence(after, at)]),
  ];
});

function registered(device: Device): MonitoringEvent {
  const { id, type, zone, registeredAt: at } = device;
  const subject = { device: id };
  return makeEvent({ kind: 'device.registered', key: [id, at], at, subject, data: { type, zone } });
}

function removed({ id, type, zone, status, registeredAt }: Device, at: number): MonitoringEvent {
  const subject = { device: id };
  return makeEvent({
    kind: 'device.removed',
    key: [id, registeredAt],
    at,
    subject,
    data: { type, zone, status },
  });
}

function presence(device: Device, at: number): MonitoringEvent {
  const { id, status } = device;
  return makeEvent({
    ...{ kind: `device.${status}`, key: timeOf(device), at },
    ...{ subject: { device: id }, data: {} },
  });
}

function changes(before: Device, after: Device, at: number): MonitoringEvent[] {
  const [key, subject] = [timeOf(after), { device: after.id }];
  const changed = changedFields(identity(before), identity(after));
  const reported = changedFields(before.reported, after.reported).slice(0, MOST_FIELDS);
  return [
    ...(changed.length === 0
      ? []
      : [makeEvent({ kind: 'device.changed', key, at, subject, data: { changed: [...changed] } })]),
    ...(reported.length === 0
      ? []
      : [makeEvent({ kind: 'device.reported', key, at, subject, data: { changed: [...reported] } })]),
  ];
}

/** What a device is, whatever it does. */
function identity({ type, zone, capabilities, tags }: Device): Record<string, unknown> {
  return { type, zone, capabilities, tags };
}

/** What tells one change of a device from all others, those of one that had its id before counted in. */
function timeOf({ id, registeredAt, revision }: Device): readonly (string | number)[] {
  return [id, registeredAt, revision];
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
