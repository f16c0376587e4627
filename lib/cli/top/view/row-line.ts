import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { crop, padEnd } from '../../text-layout.ts';

/** A cell of a line. */
export interface Cell {
  readonly text: string;
  /** Columns that it has; one cell of a line has none, and takes what is left. */
  readonly width?: number;
  readonly align?: 'right';
  paint?(text: string): string;
}

const GAP = '  ';

/** Cells side by side, as wide as asked for. Cells for which there is no room are left out, from the right. */
export function rowLine(cells: readonly Cell[], columns: number): string {
  const fixed = cells.reduce((total, { width = NARROWEST }) => total + width + GAP.length, -GAP.length);
  const last = cells.at(-1);
  if (fixed > columns && cells.length > 1 && last !== undefined) return rowLine(cells.slice(0, -1), columns);
  const isWhole = cells.some(({ width }) => width === undefined);
  const line = cells
    .map(({ text, width = Math.min(columns, columns - fixed + NARROWEST), align, paint }) => {
      const cut = crop(oneLine(text), width);
      const filled = align === 'right' ? ' '.repeat(width - stringWidth(cut)) + cut : padEnd(cut, width);
      return paint?.(filled) ?? filled;
    })
    .join(GAP);
  return isWhole ? line : padEnd(line, columns);
}

/** The cell without a width has at least so many columns. */
const NARROWEST = 8;

/** What others have written may hold what moves the cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

const ESCAPE = String.fromCharCode(27);
const NO_COLOUR = new RegExp(`(?!${ESCAPE}\\[[\\d;]*m)\\p{Cc}`, 'gu');

/** A line that was drawn for elsewhere: of its control sequences colours alone are kept, and it is no wider than it may be. */
export function clipped(line: string, columns: number): string {
  const harmless = line.replaceAll(NO_COLOUR, ' ');
  return stringWidth(harmless) <= columns ? harmless : crop(stripVTControlCharacters(harmless), columns);
}

const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Numbers as a line of bars, the greatest the highest; nought is blank. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values);
  return values
    .map((value) => (value === 0 ? ' ' : (LEVELS[Math.ceil((value / most) * LEVELS.length) - 1] ?? '▁')))
    .join('');
}

/** How much is done, as a bar. */
export function bar(share: number, width: number): string {
  const filled = Math.min(width, Math.max(0, Math.round(share * width)));
  return '━'.repeat(filled) + '─'.repeat(width - filled);
}

/** A rate for people: `0`, `0.3`, `12`, `1,204`. */
export function rateText(rate: number): string {
  if (rate === 0) return '0';
  return rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}

/** How old something is, short: `8 s`, `3 min`, `5 h`, `2 d`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
