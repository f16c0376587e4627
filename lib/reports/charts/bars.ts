import { type Html, html } from '#core/html.ts';
import { cellWords, columnWords } from '../render/words.ts';
import { placeAxis, px, roomBelow, type Size, valueAxis } from './axes.ts';
import type { ChartData } from './chart-data.ts';
import type { Drawing } from './drawing.ts';
import {
  type Band,
  divided,
  type Plot,
  placeBand,
  placesOf,
  placeWords,
  type ValueScale,
  valueScale,
} from './scales.ts';
import { type Series, seriesOf } from './series.ts';

/** Room at the sides of a plot. */
export function plotOf(size: Size, below: number): Plot {
  return { left: 46, right: size.width - 8, top: 30, bottom: size.height - below, height: size.height };
}

/** Titles of the value axis: the one column, or all that are drawn. */
export function valueTitle({ ys }: ChartData): string {
  return ys.map(columnWords).join(', ');
}

/** Values up to which bars, or areas, that stand on each other reach. */
export function stackedTops(series: readonly Series[], places: readonly string[]): readonly number[] {
  return places.map((place) =>
    series.reduce((sum, { values }) => sum + Math.max(0, values.get(place) ?? 0), 0),
  );
}

/** Bars, side by side or on each other. */
export function drawBars(data: ChartData, size: Size, timezone: string): Drawing {
  const places = placesOf(data);
  const { drawn, left } = seriesOf(data);
  const plot = plotOf(size, roomBelow(places, data.x, size.width - 54));
  const isStacked = data.chart.stacked === true;
  const values = isStacked ? stackedTops(drawn, places) : drawn.flatMap((one) => [...one.values.values()]);
  const scale = valueScale(values, data.ys[0], { range: [plot.bottom, plot.top], ticks: 5 });
  const band = placeBand(places, [plot.left, plot.right]);
  const bars = isStacked
    ? onEachOther(drawn, { places, band, scale, data })
    : sideBySide(drawn, { places, band, scale, data });
  return {
    marks: html`${valueAxis(scale, plot, valueTitle(data))}${bars}${placeAxis(places, band, { plot, column: data.x, timezone })}`,
    legend: drawn.map(({ name }, at) => ({ name, colour: `c${at}` })),
    left,
  };
}

interface Standing {
  readonly places: readonly string[];
  readonly band: Band;
  readonly scale: ValueScale;
  readonly data: ChartData;
}

/** Bars that are so wide, in px, have their value written above, where it fits. */
const WIDE_ENOUGH = 26;

function sideBySide(series: readonly Series[], { places, band, scale, data }: Standing): readonly Html[] {
  const within = divided(series.length, [0, band.width], { inner: band.width > 30 ? 0.08 : 0, outer: 0 });
  const nought = scale.scale(0);
  return series.flatMap((one, at) =>
    places.flatMap((place, spot) => {
      const value = one.values.get(place);
      if (value === undefined) return [];
      const y = scale.scale(value);
      const x = band.startOf(spot) + within.startOf(at);
      const width = Math.max(0.5, within.width);
      const words = cellWords(value, one.column);
      const isWritten = width >= WIDE_ENOUGH && words.length * 6.2 <= width + 8;
      return [
        html`<rect class="c${at}" x="${px(x)}" y="${px(Math.min(y, nought))}" width="${px(width)}" height="${px(Math.abs(nought - y))}">${telling(place, one, data)}</rect>`,
        ...(isWritten
          ? [
              html`<text class="value" x="${px(x + width / 2)}" y="${px(Math.min(y, nought) - 5)}" text-anchor="middle">${words}</text>`,
            ]
          : []),
      ];
    }),
  );
}

function onEachOther(series: readonly Series[], { places, band, scale, data }: Standing): readonly Html[] {
  return places.flatMap((place, spot) => {
    let below = 0;
    return series.flatMap((one, at) => {
      const value = Math.max(0, one.values.get(place) ?? 0);
      if (value === 0) return [];
      const [from, to] = [scale.scale(below), scale.scale(below + value)];
      below += value;
      return [
        html`<rect class="c${at}" x="${px(band.startOf(spot))}" y="${px(to)}" width="${px(Math.max(0.5, band.width))}" height="${px(from - to)}">${telling(place, one, data)}</rect>`,
      ];
    });
  });
}

/** What a mark says to who points at it. */
export function telling(place: string, { name, column, values }: Series, { x }: ChartData): Html {
  const value = cellWords(values.get(place) ?? null, column);
  return html`<title>${placeWords(place, x)}, ${name}: ${value}</title>`;
}
