import { html } from '#core/html.ts';
import type { Cell } from '../evaluate/report-result.ts';
import { cellWords, columnWords } from '../render/words.ts';
import { px, type Size, valueAxis, widthAxis } from './axes.ts';
import { plotOf, valueTitle } from './bars.ts';
import type { ChartData } from './chart-data.ts';
import type { Drawing } from './drawing.ts';
import { drawLines } from './lines.ts';
import { valueScale } from './scales.ts';
import { MOST_SERIES } from './series.ts';

/** Points by two numbers; where the column along it holds none, along its places. */
export function drawScatter(data: ChartData, size: Size, timezone: string): Drawing {
  if (data.x.kind !== 'measure')
    return drawLines({ ...data, chart: { ...data.chart, type: 'line' } }, size, timezone);
  const marks = data.points.flatMap(({ x, series, values }) =>
    data.ys.flatMap((column, at) => {
      const y = values[at] ?? null;
      const name = data.series === undefined ? columnWords(column) : cellWords(series, data.series);
      return typeof x === 'number' && y !== null ? [{ x, y, name, column }] : [];
    }),
  );
  const names = [...new Set(marks.map(({ name }) => name))];
  const plot = plotOf(size, 46);
  const upwards = valueScale(
    marks.map(({ y }) => y),
    data.ys[0],
    { range: [plot.bottom, plot.top], ticks: 5 },
  );
  const along = valueScale(
    marks.map(({ x }) => x),
    data.x,
    { range: [plot.left, plot.right], ticks: size.isNarrow ? 4 : 8 },
  );
  const dots = marks.flatMap(({ x, y, name, column }) => {
    const at = names.indexOf(name);
    if (at >= MOST_SERIES) return [];
    const words = `${name}: ${cellWords(x satisfies Cell, data.x)}, ${cellWords(y, column)}`;
    return [
      html`<circle class="c${at} dot" cx="${px(along.scale(x))}" cy="${px(upwards.scale(y))}" r="4"><title>${words}</title></circle>`,
    ];
  });
  return {
    marks: html`${valueAxis(upwards, plot, valueTitle(data))}${dots}${widthAxis(along, plot, data.x)}`,
    legend: names.slice(0, MOST_SERIES).map((name, at) => ({ name, colour: `c${at}` })),
    left: Math.max(0, names.length - MOST_SERIES),
  };
}
