import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import { correctedForMany, fisherExact } from '#statistics/association.ts';
import { changePoints, LONGEST_SERIES } from '#statistics/change-points.ts';
import { usualOf } from '#statistics/seasonal.ts';
import { SparseSketch } from '#statistics/sparse-sketch.ts';
import { forecast, trendLine } from '#statistics/trend-line.ts';

const random = seededRandom(7);
/** Noise about like a normal distribution, of deviation one. */
const noise = (): number => Array.from({ length: 12 }, () => random()).reduce((sum, one) => sum + one, -6);
const series = (length: number, value: (at: number) => number): number[] =>
  Array.from({ length }, (_, at) => value(at));

test('quantiles are within two percent, and those of parts come to those of the whole', () => {
  const values = series(5_000, (at) => 1 + ((at * 7_919) % 90_001));
  const whole = new SparseSketch();
  const parts = [new SparseSketch(), new SparseSketch(), new SparseSketch()];
  for (const [at, value] of values.entries()) {
    whole.add(value);
    parts[at % 3]?.add(value);
  }
  const merged = SparseSketch.restore(parts[0]?.save() ?? { bins: '', sum: 0, min: 0, max: 0 });
  for (const part of parts.slice(1)) merged.merge(part);
  expect(merged.save()).toEqual(whole.save());
  const sorted = values.toSorted((one, other) => one - other);
  for (const share of [0, 0.1, 0.5, 0.9, 0.99, 1]) {
    const exact = sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    expect(Math.abs((merged.quantile(share) ?? 0) / exact - 1)).toBeLessThan(0.021);
  }
  const above = values.filter((value) => value > 45_000).length;
  expect(Math.abs(merged.countAbove(45_000) / above - 1)).toBeLessThan(0.05);
  expect([new SparseSketch().quantile(0.5), new SparseSketch().save()]).toEqual([undefined, undefined]);
});

test('what is usual is that of the season, and a value does not make itself usual', () => {
  const values = series(28, (at) => (at % 7 === 5 ? 100 : 10));
  values[27] = 60;
  const usual = usualOf(
    values,
    [
      { every: 7, least: 3 },
      { every: 1, least: 5 },
    ],
    true,
  );
  expect(usual[4]).toBeUndefined();
  expect(usual[6]).toMatchObject({ usual: 10 });
  expect(usual[26]).toEqual({ usual: 100, deviations: 0 });
  expect(usual[27]?.usual).toBe(10);
  expect(usual[27]?.deviations).toBeGreaterThan(10);
});

test('a level that changes is found where it does; noise and single odd values are no change', () => {
  for (const level of [10, 300]) {
    const values = series(90, (at) => (at < 40 ? level : level * 1.6) + noise() * level * 0.08);
    const [change, ...more] = changePoints(values);
    expect(more).toEqual([]);
    expect(Math.abs((change?.at ?? 0) - 40)).toBeLessThanOrEqual(1);
    expect((change?.after ?? 0) / (change?.before ?? 1)).toBeCloseTo(1.6, 0);
  }
  let found = 0;
  for (let run = 0; run < 50; run++) {
    const values = series(120, () => 100 + noise() * 10);
    values[30] = 900;
    found += changePoints(values).length;
  }
  expect(found).toBeLessThanOrEqual(3);
  expect(changePoints([1, 2, 3])).toEqual([]);
  expect(changePoints(series(60, () => 5))).toEqual([]);
  const long = changePoints(series(1_000, (at) => (at < 700 ? 1 : 9)));
  expect(long).toEqual([{ at: 700, before: 1, after: 9 }]);
});

test('a forecast goes on with slope and season, and its interval holds what comes', () => {
  const grows = (at: number): number => 50 + 2 * at + (at % 7 === 6 ? -30 : 0);
  let held = 0;
  for (let run = 0; run < 40; run++) {
    const known = series(56, (at) => grows(at) + noise() * 4);
    known[20] = 5_000;
    const next = forecast(known, 7, 14) ?? [];
    expect(Math.abs((next[6]?.value ?? 0) - grows(62))).toBeLessThan(12);
    held += next.filter(({ low, high }, at) => low <= grows(56 + at) && grows(56 + at) <= high).length;
  }
  expect(held / (40 * 14)).toBeGreaterThan(0.8);
  expect(forecast([1, 2, 3], 7, 2)).toBeUndefined();
  expect(trendLine(series(20, () => 3))).toEqual({ slope: 0, low: 0, high: 0 });
  expect(trendLine([1, 2])).toBeUndefined();
});

test('the test of association is Fisher’s, and corrected for how many there are', () => {
  // The tea that a lady tasted: four of four found.
  expect(fisherExact({ badWith: 4, with: 4, badWithout: 0, without: 4 })).toBeCloseTo(1 / 70, 10);
  expect(fisherExact({ badWith: 3, with: 4, badWithout: 1, without: 4 })).toBeCloseTo(17 / 70, 10);
  expect(fisherExact({ badWith: 0, with: 5, badWithout: 5, without: 5 })).toBeCloseTo(1, 10);
  expect(correctedForMany([0.01, 0.04, 0.03, 0.5]).map((one) => Number(one.toFixed(4)))).toEqual([
    0.04, 0.0533, 0.0533, 0.5,
  ]);
  expect(correctedForMany([])).toEqual([]);
});

test('a value of which nothing is known is no deviation, and what is longer than can be looked at is cut', () => {
  const gaps = [10, 10, 10, undefined];
  expect(usualOf(gaps, [{ every: 1, least: 3 }], false)[3]).toEqual({ usual: 10, deviations: 0 });
  const long = series(LONGEST_SERIES + 200, (at) => (at < 600 ? 10 : 30));
  expect(changePoints(long)).toEqual([{ at: 600, before: 10, after: 30 }]);
  expect([
    trendLine(series(7, () => 1)),
    forecast(
      series(10, () => 1),
      7,
      3,
    ),
  ]).toEqual([undefined, undefined]);
});

test('the chance of a table is that of every way to come to it, or to worse', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 12 }),
      fc.nat({ max: 12 }),
      fc.nat(),
      fc.nat(),
      (having, without, some, others) => {
        const [badWith, badWithout] = [some % (having + 1), others % (without + 1)];
        const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
        const bad = badWith + badWithout;
        let exact = 0;
        for (let k = badWith; k <= Math.min(having, bad); k++)
          exact += (choose(having, k) * choose(without, bad - k)) / choose(having + without, bad);
        expect(fisherExact({ badWith, with: having, badWithout, without })).toBeCloseTo(
          Math.min(1, exact),
          9,
        );
      },
    ),
  );
});

test('a quantile is one of the values within two percent, whatever they are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100_000_000 }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const sketch = new SparseSketch();
        for (const value of values) sketch.add(value);
        const exact =
          values.toSorted((one, other) => one - other)[Math.floor(share * (values.length - 1))] ?? 0;
        expect(Math.abs((sketch.quantile(share) ?? 0) / exact - 1)).toBeLessThan(0.0201);
      },
    ),
  );
});
