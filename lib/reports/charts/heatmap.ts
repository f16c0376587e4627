import { html } from '#core/html.ts';
import { compareParts } from '../evaluate/time-parts.ts';
import { cellWords, columnWords } from '../render/words.ts';
import { placeAxis, px, roomBelow, type Size } from './axes.ts';
import type { ChartData } from './chart-data.ts';
import type { Drawing } from './drawing.ts';
import { divided, placeOf, placesOf, placeWords } from './scales.ts';

/** So many rows are drawn; those that come after are in the table. */
const MOST_ROWS = 40;
const STEPS = 6;
const ROW_HEIGHT = 26;
const ABOVE = 10;

/** How high a heat map of a width is. */
export function heatmapHeight(data: ChartData, width: number): number {
  return ABOVE + roomOf(data, width) + ROW_HEIGHT * Math.max(1, Math.min(MOST_ROWS, rowsOf(data).length));
}

/** What the names of rows take from the width is not known yet: two thirds are left in any case. */
function roomOf(data: ChartData, width: number): number {
  return roomBelow(placesOf(data), data.x, width * 0.65);
}

interface HeatRow {
  readonly name: string;
  readonly words: string;
  readonly values: ReadonlyMap<string, number>;
}

/** Fields whose colour tells a value: places along it, and a row for each series, or for each column. */
export function drawHeatmap(data: ChartData, size: Size, timezone: string): Drawing {
  const places = placesOf(data);
  const all = rowsOf(data);
  const rows = all.slice(0, MOST_ROWS);
  const widest = Math.max(...rows.map(({ words }) => words.length), 3);
  const left = px(Math.min(size.width * 0.35, widest * 6.6 + 12));
  const plot = {
    left,
    right: size.width - 8,
    top: ABOVE,
    bottom: size.height - roomOf(data, size.width),
    height: size.height,
  };
  const band = divided(places.length, [plot.left, plot.right], { inner: 0.04, outer: 0.04 });
  const lines = divided(rows.length, [plot.top, plot.bottom], { inner: 0.06, outer: 0.06 });
  const values = rows.flatMap((row) => [...row.values.values()]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [column] = data.ys;
  const fields = rows.flatMap(({ words, values: ofRow }, line) => {
    const y = lines.startOf(line);
    const label = html`<text class="tick" x="${px(left - 6)}" y="${px(y + lines.width / 2 + 4)}" text-anchor="end">${cut(words, left)}</text>`;
    const cells = places.map((place, spot) => {
      const value = ofRow.get(place);
      const step = value === undefined ? 'none' : stepOf(value, low, high);
      const told = `${placeWords(place, data.x)}, ${words}: ${cellWords(value ?? null, column)}`;
      const written = value === undefined ? '' : cellWords(value, column);
      const isWritten = value !== undefined && written.length * 6.2 < band.width;
      const x = band.startOf(spot);
      const text = isWritten
        ? [
            html`<text class="in${step}" x="${px(x + band.width / 2)}" y="${px(y + lines.width / 2 + 4)}" text-anchor="middle">${written}</text>`,
          ]
        : [];
      return html`<rect class="h${step}" x="${px(x)}" y="${px(y)}" width="${px(band.width)}" height="${px(lines.width)}"><title>${told}</title></rect>${text}`;
    });
    return [label, ...cells];
  });
  return {
    marks: html`${fields}${placeAxis(places, band, { plot, column: data.x, timezone })}`,
    // Of equal values there is one colour; of none there is no highest.
    legend: low < high ? legendOf(low, high, column) : [],
    left: all.length - rows.length,
  };
}

function legendOf(low: number, high: number, column: Parameters<typeof cellWords>[1]) {
  return Array.from({ length: STEPS }, (_, step) => {
    const from = low + ((high - low) * step) / STEPS;
    return {
      name: `from ${cellWords(round(from, high), column)}`,
      colour: `h${step}`,
    };
  });
}

function round(value: number, high: number): number {
  return high > 20 ? Math.round(value) : value;
}

function stepOf(value: number, low: number, high: number): number {
  if (high === low) return STEPS - 1;
  return Math.min(STEPS - 1, Math.floor(((value - low) / (high - low)) * STEPS));
}

function rowsOf({ points, series, ys }: ChartData): readonly HeatRow[] {
  const rows = new Map<string, { name: string; words: string; values: Map<string, number> }>();
  for (const point of points) {
    for (const [at, column] of (series === undefined ? ys : ys.slice(0, 1)).entries()) {
      const value = point.values[at] ?? null;
      if (value === null) continue;
      const name = series === undefined ? column.name : placeOf(point.series);
      const words = series === undefined ? columnWords(column) : placeWords(name, series);
      const row = rows.get(name) ?? { name, words, values: new Map<string, number>() };
      rows.set(name, row);
      row.values.set(placeOf(point.x), value);
    }
  }
  const found = [...rows.values()];
  const part = series?.part;
  return part === undefined ? found : found.sort((one, other) => compareParts(one.name, other.name, part));
}

function cut(text: string, width: number): string {
  const most = Math.floor((width - 8) / 6.4);
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}
