import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import type { DecisionTable } from '#definition/decision/table.ts';
import { decideNaively } from '#support/naive-table.ts';
import { coverageOf } from '#validation/documents/decision-coverage.ts';

const INPUTS = {
  n: { type: 'integer', minimum: 0, maximum: 6 },
  k: { enum: ['a', 'b', 'c'] },
  t: { type: ['boolean', 'null'] },
};
/** Every input that there is. */
const ALL: readonly JsonObject[] = [0, 1, 2, 3, 4, 5, 6].flatMap((n) =>
  ['a', 'b', 'c'].flatMap((k) => [true, false, null].map((t) => ({ n, k, t }))),
);

const number = fc.integer({ min: -1, max: 8 });
const cells = {
  n: fc.oneof(
    fc
      .tuple(fc.constantFrom('<', '<=', '>', '>=', '=', '!='), number)
      .map(([operator, at]) => `${operator} ${at}`),
    fc.tuple(number, fc.nat(3)).map(([from, length]) => `[${from}..${from + length}]`),
    fc
      .tuple(number, fc.integer({ min: 1, max: 3 }))
      .map(([from, length]) => `not((${from}..${from + length}))`),
    fc.constant('0.5, > 3.5'),
  ),
  k: fc.constantFrom('"a"', '"b","c"', 'not("a")', '> "a"', '-'),
  t: fc.constantFrom('true', 'not(true)', 'null', 'false,null'),
};
const when = fc.record(cells, { requiredKeys: [] });
const table = fc
  .tuple(fc.constantFrom('unique', 'first', 'any'), fc.array(when, { minLength: 1, maxLength: 6 }))
  .map(
    ([hit, rules]) =>
      ({ hit, rules: rules.map((one, at) => ({ when: one, give: { at } })) }) as DecisionTable,
  );

function held(rule: DecisionTable['rules'][number], input: JsonObject): boolean {
  return decideNaively({ hit: 'first', rules: [rule] }, input, {}) !== null;
}

test('gaps, overlaps and unreached rules are those that trying every input finds', () => {
  fc.assert(
    fc.property(table, (generated) => {
      const { gap, overlaps, unreached } = coverageOf({ inputs: INPUTS }, generated);
      const hits = ALL.map((input) => generated.rules.flatMap((rule, at) => (held(rule, input) ? [at] : [])));
      expect(gap === undefined).toBe(hits.every((own) => own.length > 0));
      if (gap !== undefined) expect(generated.rules.some((rule) => held(rule, gap))).toBe(false);
      if (generated.hit !== 'first') expect(overlaps.length > 0).toBe(hits.some((own) => own.length > 1));
      for (const { rules, input } of overlaps)
        expect(
          rules.every((at) => generated.rules[at] !== undefined && held(generated.rules[at], input)),
        ).toBe(true);
      const reached = new Set(hits.flatMap((own) => (generated.hit === 'first' ? own.slice(0, 1) : own)));
      expect(unreached).toEqual(generated.rules.flatMap((_, at) => (reached.has(at) ? [] : [at])));
    }),
    { numRuns: 400 },
  );
});

test('a table that is too large is said to be, soon', () => {
  const inputs = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`i${at}`, { type: 'number' }]));
  const rules = Array.from({ length: 300 }, (_, at) => ({
    when: Object.fromEntries(Object.keys(inputs).map((name, nth) => [name, `> ${(at * 7 + nth) % 90}`])),
    give: {},
  }));
  const start = performance.now();
  expect(coverageOf({ inputs }, { hit: 'collect', rules })).toMatchObject({ unknown: 'size', unreached: [] });
  expect(performance.now() - start).toBeLessThan(5_000);
});
