import { area, line } from 'd3-shape';
import { type Html, html } from '#core/html.ts';
import { placeAxis, px, roomBelow, type Size, valueAxis } from './axes.ts';
import { plotOf, stackedTops, telling, valueTitle } from './bars.ts';
import type { ChartData } from './chart-data.ts';
import type { Drawing } from './drawing.ts';
import { placeBand, placesOf, valueScale } from './scales.ts';
import { type Series, seriesOf } from './series.ts';

/** Of more places, points are not marked by themselves: they would be the line. */
const MOST_MARKED = 60;

interface Point {
  readonly place: string;
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** Lines, or areas below them. Where there are no records, a line has a gap. */
export function drawLines(data: ChartData, size: Size, timezone: string): Drawing {
  const places = placesOf(data);
  const { drawn, left } = seriesOf(data);
  const plot = plotOf(size, roomBelow(places, data.x, size.width - 54));
  const isArea = data.chart.type === 'area';
  const isStacked = isArea && data.chart.stacked === true;
  const values = isStacked ? stackedTops(drawn, places) : drawn.flatMap((one) => [...one.values.values()]);
  const scale = valueScale(values, data.ys[0], { range: [plot.bottom, plot.top], ticks: 5 });
  const band = placeBand(places, [plot.left, plot.right]);
  const below = new Map<string, number>();
  const shapes = drawn.map((one, at) => {
    const points = places.map((place, spot): Point | undefined => {
      const value = one.values.get(place);
      if (value === undefined && !isStacked) return undefined;
      const low = isStacked ? (below.get(place) ?? 0) : 0;
      const high = low + Math.max(isStacked ? 0 : Number.NEGATIVE_INFINITY, value ?? 0);
      below.set(place, high);
      const x = band.startOf(spot) + band.width / 2;
      return { place, x, low: scale.scale(low), high: scale.scale(high) };
    });
    return shapeOf(points, { at, one, data, isArea, isMarked: places.length <= MOST_MARKED });
  });
  return {
    marks: html`${valueAxis(scale, plot, valueTitle(data))}${shapes}${placeAxis(places, band, { plot, column: data.x, timezone })}`,
    legend: drawn.map(({ name }, at) => ({ name, colour: `c${at}`, isLine: !isArea })),
    left,
  };
}

interface Shape {
  readonly at: number;
  readonly one: Series;
  readonly data: ChartData;
  readonly isArea: boolean;
  readonly isMarked: boolean;
}

function shapeOf(points: readonly (Point | undefined)[], { at, one, data, isArea, isMarked }: Shape): Html {
  const upper = line<Point>()
    .x(({ x }) => px(x))
    .y(({ high }) => px(high));
  const between = area<Point>()
    .x(({ x }) => px(x))
    .y0(({ low }) => px(low))
    .y1(({ high }) => px(high));
  const runs = runsOf(points);
  const fill = isArea
    ? [html`<path class="c${at} area" d="${runs.map((run) => between(run)).join('')}"/>`]
    : [];
  const dots = points.flatMap((point, index) => {
    // A point between two gaps would not be seen.
    const isAlone = points[index - 1] === undefined && points[index + 1] === undefined;
    if (point === undefined || !(isMarked || isAlone)) return [];
    return [
      html`<circle class="c${at}" cx="${px(point.x)}" cy="${px(point.high)}" r="3">${telling(point.place, one, data)}</circle>`,
    ];
  });
  return html`${fill}<path class="l${at}" d="${runs.map((run) => upper(run)).join('')}"/>${dots}`;
}

/** Points without a gap between them, together. */
function runsOf(points: readonly (Point | undefined)[]): readonly Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (point === undefined) runs.push([]);
    else runs.at(-1)?.push(point);
  }
  return runs;
}
