import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { chartFigure } from '#reports/charts/draw-chart.ts';
import { NOW, reported } from '#support/reports.ts';

const TYPES = ['bar', 'line', 'area', 'pie', 'scatter', 'heatmap'] as const;
const PARTS = ['hour', 'day', 'week', 'month', 'weekday', 'hour-of-day'] as const;
const HOUR_MS = 3_600_000;

/** The first chart of a report, as it stands in a page. */
async function drawn(fields: JsonObject, records: readonly JsonObject[]): Promise<string> {
  const { charts, timezone } = await reported(fields, records);
  const [chart] = charts;
  return chart === undefined ? '' : chartFigure(chart, 'chart', timezone).text;
}

/** The numbers of an attribute, of marks of a name. */
function numbersOf(figure: string, mark: string, attribute: string): readonly number[] {
  const marks = [...figure.matchAll(new RegExp(`<${mark} [^>]*?\\b${attribute}="([^"]*)"`, 'g'))];
  return marks.map(([, text]) => Number(text));
}

/** Each picture of a figure, with its size. */
function picturesOf(figure: string): readonly { width: number; height: number; marks: string }[] {
  const pictures = figure.matchAll(/<svg class="\w+" viewBox="0 0 ([\d.]+) ([\d.]+)"[\s\S]*?<\/svg>/g);
  return [...pictures].map(([marks, width, height]) => ({
    width: Number(width),
    height: Number(height),
    marks,
  }));
}

/** That a figure says and draws what can be seen, within its picture. */
function expectSound(figure: string): void {
  expect(figure).not.toMatch(/NaN|Infinity|∞|undefined|null|\[object/);
  for (const { width, height, marks } of picturesOf(figure)) {
    const isWithin = (numbers: readonly number[], most: number): void => {
      for (const number of numbers) expect(number >= -0.5 && number <= most + 0.5, marks).toBe(true);
    };
    const rects = { x: numbersOf(marks, 'rect', 'x'), width: numbersOf(marks, 'rect', 'width') };
    isWithin(rects.x, width);
    isWithin(rects.width, width);
    isWithin(numbersOf(marks, 'rect', 'y'), height);
    isWithin(numbersOf(marks, 'rect', 'height'), height);
    isWithin(
      rects.x.map((x, at) => x + (rects.width[at] ?? 0)),
      width,
    );
    isWithin(numbersOf(marks, 'circle', 'cx'), width);
    isWithin(numbersOf(marks, 'circle', 'cy'), height);
    const paths = [...marks.matchAll(/ d="([^"]*)"/g)].map(([, path = '']) => path);
    for (const path of paths) expect(path).toMatch(/^[MLAZCH\d.,e-]*$/);
  }
}

const RecordArb = fc.record({
  status: fc.constantFrom('SUCCEEDED', 'FAILED'),
  startedAt: fc.oneof(
    fc.integer({ min: 0, max: 900 }).map((hours) => new Date(NOW - hours * HOUR_MS).toISOString()),
    fc.constant('never'),
  ),
  input: fc.record({
    n: fc.oneof(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.constant(null),
    ),
    site: fc.constantFrom(
      'berlin',
      'porto',
      '',
      null,
      ...Array.from({ length: 12 }, (_, at) => `site ${at}`),
    ),
  }),
});

test('whatever the records are, all that is drawn is a number within its picture', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(RecordArb, { maxLength: 30 }),
      fc.constantFrom(...TYPES),
      fc.constantFrom(...PARTS),
      fc.constantFrom('when', 'site', 'sum'),
      fc.constantFrom('site', 'when', undefined),
      fc.boolean(),
      async (records, type, by, x, series, stacked) => {
        const chart = { type, x, y: ['sum', 'mean'], stacked, ...(series === undefined ? {} : { series }) };
        const fields = {
          groupBy: { when: { time: 'startedAt', by }, site: 'input.site' },
          measures: { sum: { sum: 'input.n' }, mean: { mean: 'input.n' } },
          charts: [chart],
        };
        expectSound(await drawn(fields, records));
      },
    ),
    {
      numRuns: 150,
      examples: [
        [
          [{ status: 'SUCCEEDED', startedAt: 'never', input: { n: Number.MIN_VALUE, site: 'berlin' } }],
          ...(['pie', 'hour', 'when', 'site', false] as const),
        ],
      ],
    },
  );
});

const SHAPES: readonly (readonly [string, readonly JsonObject[]])[] = [
  ['none', []],
  ['one', [shaped(0, 5)]],
  ['500', Array.from({ length: 500 }, (_, at) => shaped(at, (at * 7_919) % 1_000))],
  ['some of all equal values', Array.from({ length: 20 }, (_, at) => shaped(at, 7))],
  ['some of nought alone', Array.from({ length: 20 }, (_, at) => shaped(at, 0))],
  ['some below nought', Array.from({ length: 20 }, (_, at) => shaped(at, -at * 3))],
  ['some on both sides of nought', Array.from({ length: 20 }, (_, at) => shaped(at, at - 10))],
  ['some of one time', Array.from({ length: 20 }, () => shaped(0, 3))],
  ['some of which nothing is known', Array.from({ length: 20 }, (_, at) => shaped(at, null))],
  ['some of no time', [{ ...shaped(0, 3), startedAt: 'never' }]],
  ['some long ago', [shaped(0, 3), shaped(24 * 365 * 60, 4)]],
];

function shaped(hoursAgo: number, n: number | null): JsonObject {
  return { startedAt: new Date(NOW - hoursAgo * HOUR_MS).toISOString(), input: { n }, durationMs: n };
}

describe.each(SHAPES)('of records: %s', (_name, records) => {
  test.each(TYPES)('a chart of type %s is sound', async (type) => {
    for (const chart of [
      { type, x: 'when', y: 'sum' },
      { type, x: 'when', y: ['sum', 'took', 'share'], stacked: true },
      { type, x: 'sum', y: 'took' },
    ]) {
      const figure = await drawn(
        {
          groupBy: { when: { time: 'startedAt', by: 'hour' } },
          measures: { sum: { sum: 'input.n' }, took: { max: 'durationMs' }, share: { share: 'input.n > 9' } },
          charts: [chart],
        },
        records,
      );
      expectSound(figure);
      if (records.length > 0) expect(picturesOf(figure)).toHaveLength(2);
      else expect(figure).toContain('There are no records in this period.');
    }
  });
});

test('an axis of shares that are all nought goes up to 100 %', async () => {
  const figure = await drawn(
    {
      groupBy: { status: 'status' },
      measures: { failed: { share: "status = 'FAILED'" } },
      charts: [{ type: 'bar', x: 'status', y: 'failed' }],
    },
    [{ status: 'SUCCEEDED' }],
  );
  expect(figure).toContain('>100</text>');
});

test('what is below nought hangs below the line, and is as long as it is low', async () => {
  const records = [-10, 20].map((n) => ({ input: { n, site: `site ${n}` } }));
  const measures = { sum: { sum: 'input.n' } };
  const charts = [{ type: 'bar', x: 'site', y: 'sum' }];
  const figure = await drawn({ groupBy: { site: 'input.site' }, measures, charts }, records);
  const [wide] = picturesOf(figure);
  const [low = 0, high = 0] = numbersOf(wide?.marks ?? '', 'rect', 'height');
  const [below = 0, above = 0] = numbersOf(wide?.marks ?? '', 'rect', 'y');
  expect(high / low).toBeCloseTo(2, 1);
  expect(above + high).toBeCloseTo(below, 0);
});

test.each([
  ['hour', ['>26 Nov 12:00</text>']],
  ['day', ['>26 Nov</text>', '>25 Nov</text>']],
  ['week', ['>23 Nov</text>', '>When from (UTC)</text>']],
  ['month', ['>Nov 26</text>']],
  ['weekday', ['>Mon</text>', '>Thu</text>', '>Sun</text>']],
  ['hour-of-day', ['>12</text>']],
] as const)('times by %s are named along the axis', async (by, words) => {
  const figure = await drawn(
    {
      groupBy: { when: { time: 'startedAt', by } },
      measures: { runs: 'count' },
      charts: [{ type: 'bar', x: 'when', y: 'runs' }],
    },
    Array.from({ length: by === 'hour' ? 2 : 30 }, (_, at) => shaped(at, 1)),
  );
  for (const word of words) expect(figure).toContain(word);
});

test('a heat map has its rows in the order of the week, and its legend in whole numbers where they are large', async () => {
  const records = Array.from({ length: 200 }, (_, at) => shaped(at * 3, at));
  const charts = [{ type: 'heatmap', x: 'hour', y: 'sum', series: 'day' }];
  const figure = await drawn(
    {
      groupBy: {
        day: { time: 'startedAt', by: 'weekday' },
        hour: { time: 'startedAt', by: 'hour-of-day' },
      },
      measures: { sum: { sum: 'input.n' } },
      charts,
    },
    records,
  );
  const [wide] = picturesOf(figure);
  const rows = [...(wide?.marks ?? '').matchAll(/text-anchor="end">(\w{3})</g)].map(([, row]) => row);
  expect(rows).toEqual(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);
  const legend = [...figure.matchAll(/from ([^<]+)<\/li>/g)].map(([, from]) => from);
  expect(legend).toHaveLength(6);
  for (const from of legend) expect(from).toMatch(/^[\d,]+$/);
});

test('small slices of many are one, and the shares come to the whole', async () => {
  const records = Array.from({ length: 12 }, (_, at) => ({ input: { site: `s${at}`, n: at - 1 } }));
  const figure = await drawn(
    {
      groupBy: { site: 'input.site' },
      measures: { sum: { sum: 'input.n' } },
      charts: [{ type: 'pie', x: 'site', y: 'sum' }],
    },
    records,
  );
  const legend = [...figure.matchAll(/<\/svg>([^<]+): ([\d,]+) \(([\d.]+) %\)<\/li>/g)];
  expect(legend.map(([, name]) => name)).toEqual(['s11', 's10', 's9', 's8', 's7', 's6', 's5', '3 others']);
  expect(legend.reduce((sum, [, , value]) => sum + Number(value), 0)).toBe(55);
  expect(legend.reduce((sum, [, , , share]) => sum + Number(share), 0)).toBeCloseTo(100, 0);
});

test('a line has a gap where there are no records, and a point between two gaps is marked', async () => {
  const figure = await drawn(
    {
      groupBy: { when: { time: 'startedAt', by: 'hour' } },
      measures: { runs: 'count' },
      charts: [{ type: 'line', x: 'when', y: 'runs' }],
    },
    [0, 1, 90, 200, 201, 202].map((hours) => shaped(hours, 1)),
  );
  const [wide] = picturesOf(figure);
  const [, path = ''] = / d="([^"]*)"/.exec(wide?.marks ?? '') ?? [];
  expect(path.match(/M/g)).toHaveLength(3);
  expect(numbersOf(wide?.marks ?? '', 'circle', 'cx')).toHaveLength(1);
});

test.each([
  ['an axis', { type: 'bar', x: 'none', y: 'runs' }],
  ['a measure', { type: 'bar', x: 'site', y: ['none', 'site'] }],
])('a chart without %s is none', async (_what, chart) => {
  const fields = { groupBy: { site: 'input.site' }, measures: { runs: 'count' }, charts: [chart] };
  expect(await drawn(fields, [shaped(0, 1)])).toBe('');
});
