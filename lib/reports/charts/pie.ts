import { arc, pie } from 'd3-shape';
import { html } from '#core/html.ts';
import { cellWords, numberWords } from '../render/words.ts';
import { px, type Size } from './axes.ts';
import type { ChartData } from './chart-data.ts';
import type { Drawing } from './drawing.ts';
import { placeOf, placeWords } from './scales.ts';
import { MOST_SERIES } from './series.ts';

interface Slice {
  readonly name: string;
  readonly value: number;
}

/** A ring of slices, the largest first; the small ones of many are one. */
export function drawPie(data: ChartData, size: Size): Drawing {
  const slices = slicesOf(data);
  const sum = slices.reduce((all, { value }) => all + value, 0);
  const radius = Math.min(size.width, size.height) / 2 - 8;
  const [x, y] = [size.width / 2, size.height / 2];
  const ring = arc<{ startAngle: number; endAngle: number }>()
    .innerRadius(radius * 0.58)
    .outerRadius(radius);
  const [column] = data.ys;
  const words = slices.map(({ name, value }) => {
    return `${name}: ${cellWords(value, column)} (${numberWords((value / sum) * 100, 1)} %)`;
  });
  const arcs = pie<Slice>()
    .sort(null)
    // Shares, as D3 divides the whole circle by the sum, which of numbers near nought is no number.
    .value(({ value }) => value / sum)([...slices]);
  const marks = arcs.map(
    (one, at) => html`<path class="c${at} slice" d="${String(ring(one))}"><title>${words[at]}</title></path>`,
  );
  return {
    marks: html`<g transform="translate(${px(x)} ${px(y)})">${marks}</g>`,
    legend: words.map((name, at) => ({ name, colour: `c${at}` })),
    left: 0,
  };
}

/** Slices that have something: a ring has no room for what is nought or less. */
function slicesOf({ points, x }: ChartData): readonly Slice[] {
  const sums = new Map<string, number>();
  for (const point of points) {
    const place = placeOf(point.x);
    sums.set(place, (sums.get(place) ?? 0) + Math.max(0, point.values[0] ?? 0));
  }
  const all = [...sums]
    .map(([place, value]) => ({ name: placeWords(place, x), value }))
    .filter(({ value }) => value > 0)
    .sort((one, other) => other.value - one.value);
  if (all.length <= MOST_SERIES) return all;
  const [kept, rest] = [all.slice(0, MOST_SERIES - 1), all.slice(MOST_SERIES - 1)];
  const value = rest.reduce((sum, one) => sum + one.value, 0);
  return [...kept, { name: `${rest.length} others`, value }];
}
