import { type Html, html } from '#core/html.ts';
import type { ReportColumn } from '../evaluate/report-result.ts';
import { columnWords } from '../render/words.ts';
import { type Band, type Plot, placeWords, type ValueScale } from './scales.ts';

/** How large a chart is drawn: for screens and paper, and for phones. */
export interface Size {
  readonly width: number;
  readonly height: number;
  readonly isNarrow: boolean;
}

/** One digit after the point is finer than any screen. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Values upwards: lines across the plot, their numbers, and what they are of. */
export function valueAxis({ ticks, unit }: ValueScale, plot: Plot, title: string): Html {
  const lines = ticks.map(
    ({
      at,
      text,
    }) => html`<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${px(at)}" y2="${px(at)}"/>
<text class="tick" x="${plot.left - 6}" y="${px(at + 4)}" text-anchor="end">${text}</text>`,
  );
  const label = unit.name === '' ? title : `${title} (${unit.name})`;
  return html`<g>${lines}<text class="label" x="2" y="${plot.top - 12}">${label}</text></g>`;
}

/** A character of a tick is so wide, in px. */
const CHARACTER = 6.4;
const LONGEST = 16;

/** Places side by side, so many of them named as there is room for. */
export function placeAxis(
  places: readonly string[],
  band: Band,
  {
    plot,
    column,
    timezone,
  }: { readonly plot: Plot; readonly column: ReportColumn; readonly timezone: string },
): Html {
  const words = places.map((place) => cut(placeWords(place, column)));
  const widest = Math.max(1, ...words.map(({ length }) => length)) * CHARACTER + 10;
  const isTurned = column.part === undefined && widest > band.step;
  const apart = Math.max(1, Math.ceil((isTurned ? 16 : widest) / Math.max(band.step, 0.1)));
  const marks = words.flatMap((word, at) => {
    if (at % apart !== 0) return [];
    const x = px(band.startOf(at) + band.width / 2);
    const y = plot.bottom + 18;
    return isTurned
      ? [
          html`<text class="tick" text-anchor="end" transform="translate(${x + 4} ${y - 4}) rotate(-35)">${word}</text>`,
        ]
      : [html`<text class="tick" x="${x}" y="${y}" text-anchor="middle">${word}</text>`];
  });
  return html`<g>${baseLine(plot)}${marks}${placeTitle(column, plot, timezone)}</g>`;
}

/** How much room the names below a plot take, in px. */
export function roomBelow(places: readonly string[], column: ReportColumn, width: number): number {
  const widest = Math.max(1, ...places.map((place) => cut(placeWords(place, column)).length)) * CHARACTER;
  const isTurned = column.part === undefined && widest + 10 > width / Math.max(1, places.length);
  return isTurned ? 44 + Math.min(70, widest * 0.6) : 46;
}

/** Values from left to right. */
export function widthAxis({ ticks, unit }: ValueScale, plot: Plot, column: ReportColumn): Html {
  const marks = ticks.map(
    ({ at, text }) =>
      html`<text class="tick" x="${px(at)}" y="${plot.bottom + 18}" text-anchor="middle">${text}</text>`,
  );
  const title = unit.name === '' ? columnWords(column) : `${columnWords(column)} (${unit.name})`;
  return html`<g>${baseLine(plot)}${marks}${titleBelow(title, plot)}</g>`;
}

function baseLine({ left, right, bottom }: Plot): Html {
  return html`<line class="base" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`;
}

function placeTitle(column: ReportColumn, plot: Plot, timezone: string): Html {
  return titleBelow(placeTitleWords(column, timezone), plot);
}

/** The name of a column along an axis; of times with the place by whose clock they are. */
export function placeTitleWords(column: ReportColumn, timezone: string): string {
  if (column.part === undefined) return columnWords(column);
  const of = column.part === 'week' ? `${columnWords(column)} from` : columnWords(column);
  return `${of} (${timezone})`;
}

function titleBelow(title: string, { left, right, height }: Plot): Html {
  return html`<text class="label" x="${px((left + right) / 2)}" y="${px(height - 6)}" text-anchor="middle">${title}</text>`;
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
