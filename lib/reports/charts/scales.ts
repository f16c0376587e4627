import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { Cell, ReportColumn } from '../evaluate/report-result.ts';
import { compareParts, isAlongTime, partsBetween, wallTimeOf } from '../evaluate/time-parts.ts';
import { cellWords, numberWords } from '../render/words.ts';
import type { ChartData } from './chart-data.ts';

/** A part of a drawing, in px. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Of the whole drawing. */
  readonly height: number;
}

/** By what values of a column are divided so that they are read easily, and what that is called. */
export interface Unit {
  readonly per: number;
  /** Empty for plain numbers. */
  readonly name: string;
}

const DURATION_UNITS: readonly Unit[] = [
  { per: 86_400_000, name: 'd' },
  { per: 3_600_000, name: 'h' },
  { per: 60_000, name: 'min' },
  { per: 1_000, name: 's' },
];

/** The unit in which the highest of some values is a number of one to three digits. */
export function unitOf(holds: ReportColumn['holds'], highest: number): Unit {
  if (holds === 'share') return { per: 0.01, name: '%' };
  if (holds !== 'duration') return { per: 1, name: '' };
  return DURATION_UNITS.find(({ per }) => highest >= per * 2) ?? { per: 1, name: 'ms' };
}

/** A linear scale over values, nought counted in, with its unit. */
export interface ValueScale {
  readonly scale: ScaleLinear<number, number>;
  readonly unit: Unit;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** The scale of values along an axis. What is counted has no parts. */
export function valueScale(
  values: readonly number[],
  { holds }: Pick<ReportColumn, 'holds'>,
  { range, ticks }: { readonly range: readonly [number, number]; readonly ticks: number },
): ValueScale {
  const high = Math.max(0, ...values);
  const low = Math.min(0, ...values);
  const unit = unitOf(holds, Math.max(high, -low));
  const top = high === low ? (holds === 'share' ? 1 : unit.per) : high;
  const inUnits = scaleLinear([low / unit.per, top / unit.per], [...range]).nice(ticks);
  const [from = 0, to = 1] = inUnits.domain();
  const marks = inUnits.ticks(ticks).filter((tick) => holds !== 'count' || Number.isInteger(tick));
  return {
    scale: scaleLinear([from * unit.per, to * unit.per], [...range]),
    unit,
    ticks: marks.map((tick) => ({ at: inUnits(tick), text: numberWords(tick, 6) })),
  };
}

/** So many places along an axis at most are made up, to tell the times of which there are no records. */
const MOST_PLACES = 800;

/** The values along an axis: of times all, also those without records; of others those that there are. */
export function placesOf({ x, points }: ChartData): readonly string[] {
  const found = [...new Set(points.map((point) => placeOf(point.x)))];
  const { part } = x;
  if (part === undefined) return found;
  const known = found
    .filter((place) => place !== NOWHERE)
    .sort((one, other) => compareParts(one, other, part));
  const [first, last = first] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return found;
  const between = partsBetween(first, last, part, MOST_PLACES);
  return between.length < MOST_PLACES && known.every((place) => between.includes(place)) ? between : known;
}

const NOWHERE = '–';

/** A value as the name of its place. */
export function placeOf(cell: Cell): string {
  return cell === null ? NOWHERE : String(cell);
}

/** A bar is no wider, in px: a single one would be a wall. */
const WIDEST = 96;

/** Places side by side, each as wide as the others, in px. */
export interface Band {
  /** Of one place. */
  readonly width: number;
  /** From the beginning of one place to that of the next. */
  readonly step: number;
  /** Where a place begins, by its number. */
  startOf(at: number): number;
}

/** What is left free between places, and before the first and after the last, as shares of a step. */
interface Padding {
  readonly inner: number;
  readonly outer: number;
}

/** Divides a length into so many places. */
export function divided(count: number, [from, to]: Range, { inner, outer }: Padding): Band {
  const step = (to - from) / Math.max(1, count - inner + outer * 2);
  const first = from + (to - from - step * (count - inner)) / 2;
  return { step, width: step * (1 - inner), startOf: (at) => first + at * step };
}

type Range = readonly [from: number, to: number];

/** Places along an axis, none of them too wide. */
export function placeBand(places: readonly string[], range: Range): Band {
  const band = divided(places.length, range, { inner: 0.2, outer: 0.1 });
  if (band.width <= WIDEST) return band;
  return divided(places.length, range, { inner: 1 - WIDEST / band.step, outer: 0.5 });
}

/** A place as people read it on an axis, where there is little room. */
export function placeWords(place: string, column: ReportColumn): string {
  const { part } = column;
  if (part === undefined || place === NOWHERE) return place;
  if (part === 'hour-of-day') return place;
  if (!isAlongTime(part)) return cellWords(place, column).slice(0, 3);
  const wall = wallTimeOf(place);
  if (part === 'month') return MONTHS.format(wall);
  const day = DAYS.format(wall);
  return part === 'hour' ? `${day} ${place.slice(11)}` : day;
}

const MONTHS = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'short', year: '2-digit' });
const DAYS = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
