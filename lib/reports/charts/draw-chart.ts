import { type Html, html } from '#core/html.ts';
import type { Chart } from '#definition/report/chart.ts';
import { cellWords, columnWords, countWords } from '../render/words.ts';
import { placeTitleWords, type Size } from './axes.ts';
import { drawBars } from './bars.ts';
import type { ChartData } from './chart-data.ts';
import type { Drawing, LegendEntry } from './drawing.ts';
import { drawHeatmap, heatmapHeight } from './heatmap.ts';
import { drawLines } from './lines.ts';
import { drawPie } from './pie.ts';
import { placesOf, placeWords } from './scales.ts';
import { drawScatter } from './scatter.ts';

/** A chart is drawn twice, so that its letters are as large on a phone; the style sheet shows one of the two. */
const SIZES = {
  wide: { width: 760, height: 320, isNarrow: false },
  narrow: { width: 340, height: 270, isNarrow: true },
} as const;

/** A chart as a figure of a page. `id` is its own in the page. */
export function chartFigure(data: ChartData, id: string, timezone: string): Html {
  const title = titleOf(data);
  if (data.points.length === 0)
    return html`<figure><figcaption>${title}</figcaption><p class="none">There are no records in this period.</p></figure>`;
  const description = descriptionOf(data, timezone);
  const { draw } = TYPES[data.chart.type];
  const pictures = Object.entries(SIZES).map(([name, size]) => {
    const sized = sizeOf(data, size);
    const { marks } = draw(data, sized, timezone);
    const own = `${id}-${name}`;
    return html`<svg class="${name}" viewBox="0 0 ${sized.width} ${sized.height}" role="img" aria-labelledby="${own}-title ${own}-description">
<title id="${own}-title">${title}</title><desc id="${own}-description">${description}</desc>
${marks}</svg>`;
  });
  const { legend, left } = draw(data, sizeOf(data, SIZES.wide), timezone);
  return html`<figure><figcaption>${title}</figcaption>${pictures}${legendOf(legend, data)}${leftWords(left)}</figure>`;
}

/** By type, what draws it, and what it is called for who does not see it. */
const TYPES: Readonly<Record<Chart['type'], { readonly draw: Draw; readonly words: string }>> = {
  bar: { draw: drawBars, words: 'Bars' },
  line: { draw: drawLines, words: 'Lines' },
  area: { draw: drawLines, words: 'Areas' },
  pie: { draw: drawPie, words: 'Ring' },
  scatter: { draw: drawScatter, words: 'Points' },
  heatmap: { draw: drawHeatmap, words: 'Heat map' },
};

type Draw = (data: ChartData, size: Size, timezone: string) => Drawing;

function sizeOf(data: ChartData, size: Size): Size {
  return data.chart.type === 'heatmap' ? { ...size, height: heatmapHeight(data, size.width) } : size;
}

function titleOf({ chart, x, ys }: ChartData): string {
  return chart.title ?? `${ys.map(columnWords).join(', ')} by ${columnWords(x).toLowerCase()}`;
}

/** One colour of one column needs no legend: the axis says what it is. */
function legendOf(legend: readonly LegendEntry[], { chart, series, ys }: ChartData): Html {
  const isPlain = series === undefined && ys.length === 1 && chart.type !== 'pie' && chart.type !== 'heatmap';
  if (isPlain || legend.length === 0) return html``;
  return html`<ul class="legend">${legend.map(
    ({ name, colour, isLine = false }) =>
      html`<li><svg viewBox="0 0 22 12" aria-hidden="true">${
        isLine
          ? html`<path class="l${colour.slice(1)}" d="M1 6H21"/><circle class="${colour}" cx="11" cy="6" r="3"/>`
          : html`<rect class="${colour}" x="4" width="12" height="12"/>`
      }</svg>${name}</li>`,
  )}</ul>`;
}

function leftWords(left: number): Html {
  return left === 0 ? html`` : html`<p class="note">${left} more are in the table alone.</p>`;
}

/** What a chart shows, for who does not see it. */
function descriptionOf(data: ChartData, timezone: string): string {
  const { chart, x, series, ys, points } = data;
  const places = placesOf(data);
  const [first, last] = [places[0], places.at(-1)];
  const highs = ys.map((column, at) => {
    const values = points.flatMap(({ values: all }) => all[at] ?? []);
    if (values.length === 0) return `${columnWords(column)} has no values`;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return `${columnWords(column)} from ${cellWords(low, column)} to ${cellWords(high, column)}`;
  });
  const along =
    x.kind === 'measure' || first === undefined || last === undefined
      ? columnWords(x)
      : `${placeTitleWords(x, timezone)}, ${countWords(places.length, 'place')} from ${placeWords(first, x)} to ${placeWords(last, x)}`;
  const by = series === undefined ? '' : `, told apart by ${columnWords(series).toLowerCase()}`;
  return `${TYPES[chart.type].words} along ${along}${by}. ${highs.join('; ')}. The table has all values.`;
}
