import type { Cell, ReportColumn, ReportPeriod } from '../evaluate/report-result.ts';

/** A name in code as people read it: `durationMs` is `Duration`, `hour_of_day` is `Hour of day`. */
export function columnWords({ name, holds }: Pick<ReportColumn, 'name' | 'holds'>): string {
  const whole = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  // Durations have their unit with them.
  const words = holds === 'duration' ? whole.replace(/ ms$/, '') : whole;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** A value as people read it; a dash where there is none. */
export function cellWords(cell: Cell, { holds, part }: Pick<ReportColumn, 'holds' | 'part'>): string {
  if (cell === null) return '–';
  if (typeof cell !== 'number') return part === 'weekday' ? weekdayWords(String(cell)) : String(cell);
  switch (holds) {
    case 'share':
      return `${numberWords(cell * 100, 1)} %`;
    case 'duration':
      return durationWords(cell);
    default:
      return numberWords(cell, 2);
  }
}

/** `1,234.5`: with so many digits after the point at most. */
export function numberWords(value: number, digits: number): string {
  const format = numbers.get(digits) ?? new Intl.NumberFormat('en', { maximumFractionDigits: digits });
  numbers.set(digits, format);
  return format.format(value);
}

/** Making one takes a hundred times as long as using it. */
const numbers = new Map<number, Intl.NumberFormat>();

/** `340 ms`, `4.8 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function durationWords(ms: number): string {
  if (ms < 1_000) return `${numberWords(ms, 0)} ms`;
  if (ms < 59_950) return `${numberWords(ms / 1_000, 1)} s`;
  const minutes = Math.round(ms / 1_000 / 60);
  if (ms < 3_570_000) return pair(Math.round(ms / 1_000), { unit: 'min', below: 's', of: 60 });
  return minutes < 1_440
    ? pair(minutes, { unit: 'h', below: 'min', of: 60 })
    : pair(Math.round(minutes / 60), { unit: 'd', below: 'h', of: 24 });
}

function pair(
  amount: number,
  { unit, below, of }: { readonly unit: string; readonly below: string; readonly of: number },
): string {
  const rest = amount % of;
  const large = `${numberWords(Math.floor(amount / of), 0)} ${unit}`;
  return rest === 0 ? large : `${large} ${rest} ${below}`;
}

const WEEKDAY_WORDS: Readonly<Record<string, string>> = {
  ...{ mon: 'Monday', tue: 'Tuesday', wed: 'Wednesday', thu: 'Thursday' },
  ...{ fri: 'Friday', sat: 'Saturday', sun: 'Sunday' },
};

function weekdayWords(day: string): string {
  return WEEKDAY_WORDS[day] ?? day;
}

/** A moment by the clock of a place: `26 Nov 2026, 14:05`. */
export function momentWords(at: number, timeZone: string): string {
  const format = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Date(at).toLocaleString('en-GB', { timeZone, ...format, ...time });
}

/** From when to when, with the place by whose clock that is. */
export function periodWords({ from, to }: ReportPeriod, timeZone: string): string {
  return `${momentWords(from, timeZone)} to ${momentWords(to, timeZone)} (${timeZone})`;
}

/** `1 record`, `1,204 records`. */
export function countWords(amount: number, noun: string): string {
  return `${numberWords(amount, 0)} ${noun}${amount === 1 ? '' : 's'}`;
}
