import type { Json } from '#core/json.ts';
import type { Difference } from './compare.ts';
import { type Share, shareOf, sharesByFamily, type Verdict } from './measure.ts';

/** Longest text of one value in a report. */
const LONGEST = 300;

/** A case that differs, with each difference on lines of its own; '' for one that was reproduced. */
export function verdictText({ name, differences }: Verdict): string {
  return differences.length === 0 ? '' : [name, ...differences.map(differenceText)].join('\n');
}

/** A difference, on lines of its own. */
export function differenceText({ field, expected, actual, note }: Difference): string {
  return [
    `  ${field}${note === undefined ? '' : ` (${note})`}`,
    `    expected ${shown(expected)}`,
    `    got      ${shown(actual)}`,
  ].join('\n');
}

function shown(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}

/** The share of each family and of all, as a table. */
export function sharesText(verdicts: readonly Verdict[]): string {
  const rows: [string, Share][] = [...sharesByFamily(verdicts), ['all', shareOf(verdicts)]];
  const width = Math.max(...rows.map(([family]) => family.length));
  return rows.map(([family, share]) => `${family.padEnd(width)}  ${shareText(share)}`).join('\n');
}

function shareText({ cases, reproduced }: Share): string {
  const percent = cases === 0 ? 100 : (100 * reproduced) / cases;
  return `${reproduced} of ${cases}`.padStart(14) + `${percent.toFixed(1)} %`.padStart(9);
}
