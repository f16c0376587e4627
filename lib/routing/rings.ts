import { createHash } from 'node:crypto';
import { routeKeys } from '#table/keys.ts';
import type { Item, Key, Write } from '#table/table.ts';
import type { Candidate } from './candidate.ts';

/** Counts the changes of what stands in the rings: a device that was put there in an older form is put there anew. */
export const RING_FORM = 1;

/** The ring in which every device is. */
export const EVERY = '*';

/** So many levels of a zone have rings of their own; a deeper zone is looked for in the ring of its third level. */
const ZONE_LEVELS = 3;

/** The circumference of a ring: positions are 48 bits of a hash, in 12 hexadecimal digits. */
export const CIRCUMFERENCE = 2 ** 48;

/** Where a text stands in every ring. */
export function positionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** How far it is from one position on to another, forwards. */
export function distance(from: string, to: string): number {
  const way = Number.parseInt(to.slice(0, 12), 16) - Number.parseInt(from.slice(0, 12), 16);
  return way < 0 ? way + CIRCUMFERENCE : way;
}

/** The zones around a zone, from '' (all) to itself, as far as they have rings. */
export function zoneLevels(zone: string | undefined): readonly string[] {
  const parts = zone === undefined || zone === '' ? [] : zone.split('/').slice(0, ZONE_LEVELS);
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

/** The zones that are nearest to a zone, the nearest first: itself, then what is around it, at last everything. */
export function zonesOutwards(zone: string): readonly string[] {
  const parts = zone.split('/');
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

/** The smallest ring that holds all devices with a capability in a zone. */
export function ringOf(capability: string, zone: string): string {
  return routeKeys.ring(capability, zoneLevels(zone).at(-1) ?? '');
}

/** What a device is found by: an entry in the ring of each of its capabilities, and of `*`, for each level of its zone. */
export function ringEntries(device: Candidate): Item[] {
  const { id, type, zone, status, capabilities, tags } = device;
  const body = { id, type, ...(zone === undefined ? {} : { zone }), status, capabilities, tags };
  const sk = `${positionOf(id)}#${id}`;
  return [EVERY, ...Object.keys(capabilities)].flatMap((capability) =>
    zoneLevels(zone).map((level) => ({ pk: routeKeys.ring(capability, level), sk, ...body })),
  );
}

/** The writes by which the rings follow a device; none where nothing changes that they tell. */
export function ringChanges(before: Candidate | undefined, after: Candidate | undefined): Write[] {
  const [old, now] = [before, after].map((device) => (device === undefined ? [] : ringEntries(device)));
  if (JSON.stringify(old) === JSON.stringify(now)) return [];
  const kept = new Set(now?.map(({ pk }) => pk));
  const gone: Key[] = old?.filter(({ pk }) => !kept.has(pk)).map(({ pk, sk }) => ({ pk, sk })) ?? [];
  return [...(now ?? []).map((put) => ({ put })), ...gone.map((key) => ({ delete: key }))];
}
