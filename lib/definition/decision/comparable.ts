import { parseDuration } from '#core/duration.ts';
import type { Json } from '#core/json.ts';
import type { CellValue } from './cell.ts';

/** As what values are compared. Values of one kind have an order; values of two kinds are neither equal nor in order. */
export type ComparableKind = 'number' | 'string' | InstantKind;

/** Kinds of what JSON writes as text. `duration` is of days and shorter, `months` of years and months (DMN 1.3, 10.3.2.3.7). */
export type InstantKind = 'date' | 'date and time' | 'time' | 'duration' | 'months';

/** A value with its place in the order of its kind. */
export interface Comparable {
  readonly kind: ComparableKind;
  readonly at: number | string;
}

/** The place of a cell's value in an order; undefined for true, false and null, and for texts that are no date, time or duration. */
export function comparableOf(value: CellValue): Comparable | undefined {
  if (typeof value === 'number') return { kind: 'number', at: value };
  if (typeof value === 'string') return { kind: 'string', at: value };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const kind of kindsOf(value.function)) {
    const at = readInstant(value.text, kind);
    if (at !== undefined) return { kind, at };
  }
  return undefined;
}

function kindsOf(name: string): readonly InstantKind[] {
  if (name === 'duration') return ['duration', 'months'];
  return name === 'date' || name === 'time' || name === 'date and time' ? [name] : [];
}

/** The place of an input's value in the order of a kind; undefined when it is of another. */
export function placeOf(value: Json | undefined, kind: ComparableKind): number | string | undefined {
  if (kind === 'number') return typeof value === 'number' ? value : undefined;
  if (typeof value !== 'string') return undefined;
  return kind === 'string' ? value : readInstant(value, kind);
}

const DATE = String.raw`(-?\d{4,6})-(\d\d)-(\d\d)`;
const TIME = String.raw`(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(Z|[+-]\d\d:\d\d)?`;
const DATE_ONLY = new RegExp(`^${DATE}$`);
const TIME_ONLY = new RegExp(`^T?${TIME}$`);
const BOTH = new RegExp(`^${DATE}(?:[Tt ]${TIME})?$`);
const DAYS = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const MONTHS = /^(-)?P(?:(\d+)Y)?(?:(\d+)M)?$/;
const DAY_MS = 86_400_000;

/**
 * A date as its day since 1970, a date and time as ms since then, a time as ms of the day, a duration in ms or in months.
 * What names no offset is taken as UTC. Undefined for what is none.
 */
export function readInstant(text: string, kind: InstantKind): number | undefined {
  switch (kind) {
    case 'date':
      return dayOf(DATE_ONLY.exec(text)?.slice(1));
    case 'time':
      return timeOf(TIME_ONLY.exec(text)?.slice(1));
    case 'date and time': {
      const parts = BOTH.exec(text)?.slice(1);
      const day = dayOf(parts);
      const time = parts?.[3] === undefined ? 0 : timeOf(parts.slice(3));
      return day === undefined || time === undefined ? undefined : day * DAY_MS + time;
    }
    case 'duration':
      return daysDuration(text) ?? parseDuration(text);
    case 'months': {
      const [whole, sign, years = '0', months = '0'] = MONTHS.exec(text) ?? [];
      return whole === undefined || whole.endsWith('P')
        ? undefined
        : signed(sign, Number(years) * 12 + Number(months));
    }
  }
}

function dayOf(parts: readonly (string | undefined)[] | undefined): number | undefined {
  if (parts === undefined) return undefined;
  const [year, month, day] = parts.map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day ?? 0);
  // A day that a month has not would become one of the next.
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day ? date.getTime() / DAY_MS : undefined;
}

function timeOf(parts: readonly (string | undefined)[] | undefined): number | undefined {
  if (parts === undefined) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = parts.slice(0, 3).map((part) => Number(part ?? 0));
  const isTime = minutes < 60 && seconds < 60 && (hours < 24 || (hours === 24 && minutes + seconds === 0));
  return isTime ? ((hours * 60 + minutes) * 60 + seconds) * 1_000 - offsetMs(parts[3]) : undefined;
}

function offsetMs(text: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(text ?? '') ?? [];
  return signed(sign === '-' ? '-' : undefined, (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000);
}

function daysDuration(text: string): number | undefined {
  const [whole, sign, days, hours, minutes, seconds] = DAYS.exec(text) ?? [];
  if (whole === undefined || /[PT]$/.test(whole)) return undefined;
  const total = ((Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)) * 60;
  return signed(sign, (total + Number(seconds ?? 0)) * 1_000);
}

function signed(sign: string | undefined, amount: number): number {
  return sign === '-' ? 0 - amount : amount;
}

/** A text that has a place in the order of a kind; undefined for places that no text has. */
export function textOfPlace(place: number, kind: InstantKind): string | undefined {
  switch (kind) {
    case 'date':
      return instantText(Math.floor(place) * DAY_MS)?.slice(0, 10);
    case 'date and time':
      return instantText(Math.floor(place));
    case 'time':
      return place >= 0 && place < DAY_MS ? `${instantText(Math.floor(place))?.slice(11, 19)}Z` : undefined;
    case 'duration':
      return `${place < 0 ? '-' : ''}PT${Math.abs(place) / 1_000}S`;
    case 'months':
      return Number.isInteger(place) ? `${place < 0 ? '-' : ''}P${Math.abs(place)}M` : undefined;
  }
}

function instantText(ms: number): string | undefined {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined;
}
