import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import type { ReportResult } from '#reports/evaluate/report-result.ts';
import { reportCsv } from '#reports/render/csv.ts';
import { ReportDocumentSchema, reportDocument } from '#reports/render/json.ts';
import { reportPage } from '#reports/render/page.ts';
import { renderReport } from '#reports/render/render.ts';
import { cellWords, columnWords, durationWords } from '#reports/render/words.ts';
import { NOW, reported } from '#support/reports.ts';

const TYPES = ['bar', 'line', 'area', 'pie', 'scatter', 'heatmap'] as const;
const HOUR_MS = 3_600_000;

function records(count: number): readonly JsonObject[] {
  return Array.from({ length: count }, (_, at) => ({
    id: String(at),
    workflow: `w${at % 3}`,
    status: at % 7 === 0 ? 'FAILED' : 'SUCCEEDED',
    durationMs: 1_000 + ((at * 7_919) % 90_000),
    startedAt: new Date(NOW - at * HOUR_MS).toISOString(),
  }));
}

async function made(fields: JsonObject, count = 30): Promise<ReportResult> {
  return reported(fields, records(count));
}

const BY_HOUR: JsonObject = {
  groupBy: { hour: { time: 'startedAt', by: 'hour' }, workflow: 'workflow' },
  measures: { runs: 'count', took: { mean: 'durationMs' }, failed: { share: "status = 'FAILED'" } },
};

describe('as CSV', () => {
  test('there is a line of names and one of each row, and numbers stand as they are', async () => {
    const csv = reportCsv(
      await made(
        {
          groupBy: { workflow: 'workflow' },
          measures: { runs: 'count', failed: { share: "status = 'FAILED'" } },
        },
        3,
      ),
    );
    expect(csv).toBe('workflow,runs,failed\r\nw0,1,1\r\nw1,1,0\r\nw2,1,0\r\n');
  });

  test.each<[Json, string]>([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\t=x', "'\t=x"],
    ['a,b', '"a,b"'],
    ['a\nb', '"a\nb"'],
    [' x', '" x"'],
    ['', ''],
    [-1, '-1'],
    [true, 'true'],
    [null, ''],
  ])('a cell of %j is %j', async (site, written) => {
    const result = await reported({ groupBy: { site: 'input.site' }, measures: { runs: 'count' } }, [
      { input: { site } },
    ]);
    expect(reportCsv(result)).toBe(`site,runs\r\n${written},1\r\n`);
  });
});

test('as JSON it is as its schema says', async () => {
  const document = ReportDocumentSchema.parse(JSON.parse(renderReport(await made(BY_HOUR), 'json')));
  expect(document).toEqual(reportDocument(await made(BY_HOUR)));
  expect([document.totals['runs'], document.rows.length]).toEqual([30, 30]);
  expect(renderReport(await made(BY_HOUR), 'csv')).toBe(reportCsv(await made(BY_HOUR)));
  expect(renderReport(await made(BY_HOUR), 'html')).toBe(reportPage(await made(BY_HOUR)));
});

test('what is not known is a dash on a page, empty as CSV, and null as JSON, and so are totals of it', async () => {
  const fields = {
    description: 'How long it took.',
    groupBy: { workflow: 'workflow' },
    measures: { took: { mean: 'durationMs' } },
    limit: 2,
  };
  const unknown = ['a', 'b', 'c'].map((workflow) => ({ workflow }));
  const result = await reported(fields, unknown);
  expect(reportCsv(result)).toBe('workflow,took\r\na,\r\nb,\r\n');
  expect(reportDocument(result)).toMatchObject({
    description: 'How long it took.',
    rows: [
      ['a', null],
      ['b', null],
    ],
    totals: { took: null },
    notices: [{ kind: 'rows', message: '1 more rows are left out by the limit of 2' }],
  });
  expect(reportPage(result).match(/<td class="number">–<\/td>/g)).toHaveLength(3);
});

/** Attributes and elements of a page: only what we write may be there. */
function elementsOf(page: string): readonly string[] {
  return [
    ...new Set([...page.matchAll(/<([a-z]+)[\s>/]/gi)].map(([, name = '']) => name.toLowerCase())),
  ].sort();
}

describe('as a page', () => {
  test('nothing in it runs or comes from elsewhere, and its policy names its one style sheet', async () => {
    const page = reportPage(
      await made({
        ...BY_HOUR,
        charts: TYPES.map((type) => ({ type, x: 'hour', y: 'runs', series: 'workflow' })),
      }),
    );
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;`);
    expect(page).not.toMatch(/<script|\son\w+=|\sstyle=|\shref=|\ssrc=|url\(|@import|javascript:/i);
  });

  test('what comes from records is escaped, whatever it is', async () => {
    const plain = elementsOf(reportPage(await withSite('berlin')));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom(
            '<script>alert(1)</script>',
            '"><svg onload=x>',
            '</title><b>',
            '</style><img src=x>',
            '{{x}}',
          ),
        ),
        async (site) => {
          const page = reportPage(await withSite(site));
          expect(elementsOf(page)).toEqual(plain);
          expect(page).not.toMatch(/[\u202a-\u202e]/);
        },
      ),
      { numRuns: 40 },
    );
  });

  function withSite(site: string): Promise<ReportResult> {
    const charts = [
      { type: 'bar', x: 'site', y: ['runs', 'took'] },
      { type: 'heatmap', x: 'site', y: 'runs', series: 'site' },
      { type: 'pie', x: 'site', y: 'runs' },
      { type: 'line', x: 'site', y: 'runs', series: 'site' },
    ];
    const fields = {
      groupBy: { site: 'input.site' },
      measures: { runs: 'count', took: { sum: 'durationMs' } },
      charts,
    };
    return reported({ ...fields, title: site.slice(0, 60), description: site }, [
      { input: { site }, durationMs: 5 },
      { input: { site: 'x' }, durationMs: 7 },
    ]);
  }

  const SHAPES = TYPES.flatMap((type) => [0, 1, 500].map((count) => [type, count] as const));

  test.each(SHAPES)(
    'a chart of type %s of %i records has a title, axes and no number that is none',
    async (type, count) => {
      for (const fields of [
        { type, x: 'hour', y: 'runs' },
        { type, x: 'hour', y: ['runs', 'took'], series: 'workflow', stacked: true, title: 'Both' },
        { type, x: 'workflow', y: 'failed' },
        { type, x: 'took', y: 'runs', series: 'workflow' },
      ]) {
        const page = reportPage(await made({ ...BY_HOUR, charts: [fields] }, count));
        expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
        if (count === 0) expect(page).toContain('There are no records in this period.');
        else
          expect(page).toMatch(
            /<svg class="wide"[^>]* role="img" aria-labelledby="chart-1-wide-title chart-1-wide-description">/,
          );
      }
    },
  );

  test('times along an axis are all there, also those without records, with the clock by which they are', async () => {
    const charts = [{ type: 'bar', x: 'day', y: 'runs' }];
    const fields = {
      groupBy: { day: { time: 'startedAt', by: 'day' } },
      measures: { runs: 'count' },
      timezone: 'Europe/Berlin',
      charts,
    };
    const page = reportPage(
      await reported(fields, [{ startedAt: '2026-11-20T12:00:00Z' }, { startedAt: '2026-11-26T12:00:00Z' }]),
    );
    for (const day of ['20 Nov', '23 Nov', '26 Nov', 'Day (Europe/Berlin)'])
      expect(page).toContain(`>${day}</text>`);
  });

  test('durations are in the unit in which they are read, and shares in percent', async () => {
    const charts = [
      { type: 'line', x: 'workflow', y: 'took' },
      { type: 'bar', x: 'workflow', y: 'failed' },
    ];
    const page = reportPage(await made({ ...BY_HOUR, charts }));
    expect(page).toContain('>Took (s)</text>');
    expect(page).toContain('>Failed (%)</text>');
  });

  test('of more series than colours, those with the most are drawn, and the rest is told', async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ workflow: `w${at % 12}`, status: 'OK' }));
    const charts = [
      { type: 'bar', x: 'status', y: 'runs', series: 'workflow' },
      { type: 'scatter', x: 'runs', y: 'runs', series: 'workflow' },
    ];
    const fields = {
      groupBy: { workflow: 'workflow', status: 'status' },
      measures: { runs: 'count' },
      charts,
    };
    const page = reportPage(await reported(fields, many));
    expect(page.match(/4 more are in the table alone/g)).toHaveLength(2);
  });

  test('rows that no page has room for are left to CSV, and notices stand at the top', async () => {
    const many = Array.from({ length: 2_100 }, (_, at) => ({ id: String(at) }));
    const page = reportPage(
      await reported(
        {
          groupBy: { id: 'id' },
          measures: { runs: 'count' },
          limit: 2_050,
        },
        many,
      ),
    );
    expect(page).toContain('50 more rows are in the report as CSV and JSON.');
    expect(page).toContain('50 more rows are left out by the limit of 2050.');
    const failing = reportPage(
      await reported({ measures: { runs: 'count' }, where: '$number(id) < 0' }, [{ id: 'x' }]),
    );
    expect(failing).toContain('class="notice"');
  });
});

describe('words', () => {
  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [59_940, '59.9 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('%i ms are %s', (ms, words) => expect(durationWords(ms)).toBe(words));

  test.each([
    ['runs', 'count', 'Runs'],
    ['durationMs', 'duration', 'Duration'],
    ['hour_of_day', 'text', 'Hour of day'],
  ] as const)('%s of %s is %s', (name, holds, words) => expect(columnWords({ name, holds })).toBe(words));

  test('a value is told with its unit, and where there is none, a dash', () => {
    expect(cellWords(0.123, { holds: 'share' })).toBe('12.3 %');
    expect(cellWords(1_234.567, { holds: 'number' })).toBe('1,234.57');
    expect(cellWords('thu', { holds: 'time-part', part: 'weekday' })).toBe('Thursday');
    expect(cellWords('odd', { holds: 'time-part', part: 'weekday' })).toBe('odd');
    expect(cellWords(null, { holds: 'count' })).toBe('–');
  });
});
