import { msOf, percentOf } from '../analytics/summary-columns.ts';
import { minuteOf } from '../workflows/print-words.ts';

const BARS = '▁▂▃▄▅▆▇█';

/** Values as bars beside each other, the highest a whole block; a space where nothing is known. */
export function sparkline(values: readonly (number | undefined)[], highest?: number): string {
  const top = highest ?? Math.max(0, ...values.map((value = 0) => value));
  return values
    .map((value) => {
      if (value === undefined) return ' ';
      const at = top === 0 ? 0 : Math.round((value / top) * (BARS.length - 1));
      return BARS[Math.max(0, Math.min(BARS.length - 1, at))] ?? ' ';
    })
    .join('');
}

/** A share as a bar of so many columns. */
export function bar(share: number, columns: number): string {
  return '█'.repeat(Math.round(Math.max(0, Math.min(1, share)) * columns));
}

/** A value of a measure, in its unit. */
export function valueWords(value: number | undefined, unit: string): string {
  if (value === undefined) return '–';
  switch (unit) {
    case 'ms':
      return msOf(value);
    case 'share':
      return percentOf(value);
    case 'dollars':
      return dollarWords(value);
    default:
      return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
  }
}

/** `$1.38`, `$0.0014`. */
export function dollarWords(dollars: number): string {
  return `$${dollars > 0 && dollars < 0.01 ? Number(dollars.toPrecision(2)) : dollars.toFixed(2)}`;
}

/** A long time in few characters: `29.4 h`, `27.1 min`. */
export function spanWords(ms: number): string {
  if (ms >= 3_600_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return ms >= 60_000 ? `${(ms / 60_000).toFixed(1)} min` : msOf(ms);
}

/** A day, as `Mon 2027-03-01`. */
export function dayWords(instant: string): string {
  const weekday = new Date(instant).toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'UTC' });
  return `${weekday} ${instant.slice(0, 10)}`;
}

/** How far what is told goes. */
export function reachLines({
  countedUpTo,
  incompleteSince,
}: {
  readonly countedUpTo?: string | undefined;
  readonly incompleteSince?: string | undefined;
}): readonly string[] {
  if (countedUpTo === undefined) return ['nothing was counted yet'];
  return [
    `counted up to ${minuteOf(countedUpTo)} UTC`,
    ...(incompleteSince === undefined
      ? []
      : [`events are missing (seen ${minuteOf(incompleteSince)}): stepwright analytics rebuild counts anew`]),
  ];
}
