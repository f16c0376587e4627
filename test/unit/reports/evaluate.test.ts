import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { layOut } from '#reports/evaluate/lay-out.ts';
import { NOW, reported, reportFile, tallied } from '#support/reports.ts';

const RECORDS: readonly JsonObject[] = [
  { id: '1', workflow: 'a', status: 'FAILED', durationMs: 100, input: { site: 'berlin' } },
  { id: '2', workflow: 'a', status: 'SUCCEEDED', durationMs: 300, input: { site: 'porto' } },
  { id: '3', workflow: 'b', status: 'SUCCEEDED', durationMs: 500, input: {} },
  { id: '4', workflow: 'b', status: 'SUCCEEDED', input: { site: 'berlin' } },
];

describe('measures', () => {
  test.each<[string, Json, number | null]>([
    ['count', 'count', 4],
    ['distinct values', { distinct: 'input.site' }, 2],
    ['sum', { sum: 'durationMs' }, 900],
    ['mean', { mean: 'durationMs' }, 300],
    ['lowest', { min: 'durationMs' }, 100],
    ['highest', { max: 'durationMs' }, 500],
    ['share', { share: "status = 'FAILED'" }, 0.25],
    ['what is no number', { sum: 'status' }, null],
    ['what is not there', { max: 'input.none' }, null],
  ])('%s', async (_name, measure, value) => {
    const { rows, totals } = await reported({ measures: { it: measure } }, RECORDS);
    expect(rows).toEqual([[value]]);
    expect(totals).toEqual([value]);
  });

  test('a quantile is within 1 % of the value, and that of equal values is that value', async () => {
    const many = Array.from({ length: 1_000 }, (_, at) => ({ durationMs: at + 1 }));
    const measures = { p90: { quantile: 'durationMs', at: 0.9 } };
    const [row] = (await reported({ measures }, many)).rows;
    expect(Math.abs(Number(row?.[0]) - 900)).toBeLessThan(10);
    expect((await reported({ measures }, [{ durationMs: 7 }])).rows).toEqual([[7]]);
    expect((await reported({ measures }, [])).rows).toEqual([[null]]);
    expect((await reported({ measures }, [{ durationMs: 7 }, { durationMs: '9' }, {}])).rows).toEqual([[7]]);
    const below = [-3, -2, -1].map((durationMs) => ({ durationMs }));
    const low = { low: { quantile: 'durationMs', at: 0.01 } };
    expect((await reported({ measures: low }, below)).rows[0]?.[0]).toBeCloseTo(-3, 1);
  });

  test('of no records, a count is nought and nothing else is known', async () => {
    const measures = { runs: 'count', failed: { share: "status = 'FAILED'" }, took: { mean: 'durationMs' } };
    expect((await reported({ measures }, [])).rows).toEqual([[0, null, null]]);
    expect((await reported({ measures, groupBy: { site: 'input.site' } }, [])).rows).toEqual([]);
  });
});

describe('which records count', () => {
  test.each<[JsonObject, number]>([
    [{ filters: { workflow: 'a' } }, 2],
    [{ filters: { 'input.site': ['berlin', 'porto'] } }, 3],
    [{ filters: { durationMs: '300' } }, 1],
    [{ filters: { workflow: 'c' } }, 0],
    [{ where: '$exists(input.site) and durationMs > 100' }, 1],
    [{ filters: { workflow: 'b' }, where: "status = 'SUCCEEDED'" }, 2],
  ])('%j', async (fields, counted) => {
    const { records } = await reported({ ...fields, measures: { runs: 'count' } }, RECORDS);
    expect(records).toEqual({ read: 4, counted });
  });

  test('of an expression that fails it is told for how many records, and why', async () => {
    const { records, notices } = await reported(
      { where: '$number(status) > 1', measures: { runs: 'count', odd: { share: '$number(id) > 2' } } },
      RECORDS,
    );
    expect(records.counted).toBe(0);
    expect(notices).toEqual([
      {
        kind: 'failed',
        message: expect.stringMatching(/^"\$number\(status\) > 1" could not be told of 4 records/),
      },
    ]);
  });
});

describe('rows', () => {
  const byWorkflow = { groupBy: { workflow: 'workflow', site: 'input.site' }, measures: { runs: 'count' } };

  test('there is one for each combination, in order, and what is not there comes last', async () => {
    expect((await reported(byWorkflow, RECORDS)).rows).toEqual([
      ['a', 'berlin', 1],
      ['a', 'porto', 1],
      ['b', 'berlin', 1],
      ['b', null, 1],
    ]);
  });

  test('they are sorted by columns, then by groups, and cut at the limit, which is told', async () => {
    const { rows, notices, totals } = await reported(
      {
        groupBy: { workflow: 'workflow', status: 'status' },
        measures: { runs: 'count', took: { max: 'durationMs' } },
        sort: [{ by: 'runs', order: 'descending' }, { by: 'workflow' }],
        limit: 2,
      },
      RECORDS,
    );
    expect(rows).toEqual([
      ['b', 'SUCCEEDED', 2, 500],
      ['a', 'FAILED', 1, 100],
    ]);
    expect(totals).toEqual([4, 500]);
    expect(notices).toEqual([{ kind: 'rows', message: '1 more rows are left out by the limit of 2' }]);
  });

  test('days of the week are in order, and days are those of the time zone', async () => {
    const times = ['2026-11-29T23:30:00Z', '2026-11-24T10:00:00Z', '2026-11-27T10:00:00Z', 'never'];
    const records = times.map((startedAt) => ({ startedAt }));
    const rows = async (by: string, timezone: string) => {
      const groupBy = { it: { time: 'startedAt', by } };
      return (await reported({ groupBy, measures: { runs: 'count' }, timezone }, records)).rows.map(
        ([it]) => it,
      );
    };
    expect(await rows('weekday', 'UTC')).toEqual(['tue', 'fri', 'sun', null]);
    expect(await rows('weekday', 'Europe/Berlin')).toEqual(['mon', 'tue', 'fri', null]);
    expect(await rows('day', 'Europe/Berlin')).toEqual(['2026-11-24', '2026-11-27', '2026-11-30', null]);
  });

  test('values that look alike are rows of their own, in one order', async () => {
    const values = ['2', 2, 'true', true, '1', 1];
    const rowsOf = async (sites: readonly Json[]) => {
      const records = sites.map((site) => ({ input: { site } }));
      return (await reported({ groupBy: { site: 'input.site' }, measures: { runs: 'count' } }, records)).rows;
    };
    const rows = await rowsOf(values);
    expect(rows.map(([site]) => site)).toEqual([1, '1', 2, '2', true, 'true']);
    expect(await rowsOf(values.toReversed())).toEqual(rows);
  });

  test('values of several parts, flags and numbers are groups, too', async () => {
    const records = [{ it: { a: 1 } }, { it: true }, { it: 2 }, { it: 'x' }].map((input) => ({ input }));
    const { rows } = await reported({ groupBy: { it: 'input.it' }, measures: { runs: 'count' } }, records);
    expect(rows.map(([it]) => it)).toEqual([2, true, 'x', '{"a":1}']);
  });
});

describe('bounds', () => {
  test('rows for which there is no room are in the totals alone, and that is told', async () => {
    const records = Array.from({ length: 10 }, (_, at) => ({ id: String(at % 5) }));
    const fields = { groupBy: { id: 'id' }, measures: { runs: 'count' } };
    const { rows, totals, notices } = await reported(fields, records, { groups: 3 });
    expect([rows.length, totals]).toEqual([3, [10]]);
    expect(notices.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
      'groups: there are more than 3 rows: 4 records of others are in the totals alone',
    ]);
  });

  test('different values are told apart as long as there is room', async () => {
    const records = Array.from({ length: 10 }, (_, at) => ({ id: String(at) }));
    const { totals, notices } = await reported({ measures: { ids: { distinct: 'id' } } }, records, {
      distinct: 4,
    });
    expect(totals).toEqual([4]);
    expect(notices[0]?.kind).toBe('distinct');
  });
});

const RecordArbitrary = fc.record({
  workflow: fc.constantFrom('a', 'b', 'c'),
  status: fc.constantFrom('SUCCEEDED', 'FAILED'),
  durationMs: fc.integer({ min: 0, max: 1_000_000 }),
  startedAt: fc
    .date({ min: new Date(NOW - 1e9), max: new Date(NOW), noInvalidDate: true })
    .map((at) => at.toISOString()),
});

const FILE = reportFile({
  groupBy: { workflow: 'workflow', day: { time: 'startedAt', by: 'day' } },
  measures: {
    ...{ runs: 'count', failed: { share: "status = 'FAILED'" }, sum: { sum: 'durationMs' } },
    ...{ mean: { mean: 'durationMs' }, low: { min: 'durationMs' }, high: { max: 'durationMs' } },
    ...{ usual: { quantile: 'durationMs', at: 0.5 }, sites: { distinct: 'status' } },
  },
  charts: [{ type: 'line', x: 'day', y: ['runs', 'failed', 'sum', 'mean', 'low', 'high', 'usual', 'sites'] }],
});
const PERIOD = { period: { from: NOW - 1e9, to: NOW }, madeAt: NOW };

/** As rows have their values. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}

describe('whatever the records are', () => {
  test('their order does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(RecordArbitrary, { maxLength: 60 }),
        fc.infiniteStream(fc.nat()),
        async (records, order) => {
          const whole = layOut(FILE, await tallied(FILE, records), PERIOD);
          const shuffled = records
            .map((record) => ({ record, at: order.next().value }))
            .toSorted((one, other) => one.at - other.at)
            .map(({ record }) => record);
          expect(layOut(FILE, await tallied(FILE, shuffled), PERIOD)).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what a chart shows of rows that it does not tell apart is as if they had been one row', async () => {
    const byDay = { ...FILE, groupBy: { day: { time: 'startedAt', by: 'day' } } } as const;
    await fc.assert(
      fc.asyncProperty(fc.array(RecordArbitrary, { maxLength: 60 }), async (records) => {
        const { charts } = layOut(FILE, await tallied(FILE, records), PERIOD);
        const { rows } = layOut(byDay, await tallied(byDay, records), PERIOD);
        const points = charts[0]?.points.map(({ x, values }) => [String(x), ...values.map(rounded)]) ?? [];
        expect(new Map(points.map((point) => [point[0], point]))).toEqual(
          new Map(rows.map((row) => [String(row[0]), row])),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('rows add up to the totals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(RecordArbitrary, { maxLength: 60 }), async (records) => {
        const { rows, totals, charts } = layOut(FILE, await tallied(FILE, records), PERIOD);
        const sum = (at: number) => rows.reduce((all, row) => all + Number(row[at]), 0);
        expect(sum(2)).toBe(totals[0]);
        expect(sum(4)).toBe(totals[2] ?? 0);
        expect(totals[0]).toBe(records.length);
        expect(Math.max(...rows.map((row) => Number(row[7])))).toBe(totals[5] ?? Number.NEGATIVE_INFINITY);
        const drawn = charts[0]?.points.reduce((all, { values }) => all + Number(values[0]), 0);
        expect(drawn).toBe(records.length);
      }),
      { numRuns: 60 },
    );
  });
});
