import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { evaluate } from '#expression/evaluate.ts';
import { observe } from '#monitoring/alerts/observation.ts';
import { eventTest } from '#monitoring/alerts/where.ts';

const value: fc.Arbitrary<Json> = fc.constantFrom<Json>(7, '7', null, true, 'true', 0, '', '7\n"a"', ['7'], {
  of: 7,
});
const data = fc.record({ status: value, error: value }, { requiredKeys: [] });

test.each([
  ['status = 7'],
  ["status = '7'"],
  ['status = null'],
  ['$exists(status)'],
  ['status = error'],
  ['status.of = 7'],
  ["$string(status) & '/' & $string(error) = '7/7'"],
])('%s gives the same for an event whatever events came before it', (where) =>
  fc.assert(
    fc.asyncProperty(fc.array(data, { minLength: 1, maxLength: 12 }), async (all) => {
      const counts = eventTest(where);
      for (const [at, fields] of all.entries()) {
        const event = { v: 1, id: `e${at}`, kind: 'step.failed', at: '2026-01-01T00:00:00.000Z' } as const;
        const [seen] = observe({ ...event, data: fields }, undefined);
        if (seen === undefined) throw new Error('nothing was seen');
        const fresh = (await evaluate(where, { input: seen.record })) === true;
        expect(await counts(seen)).toBe(fresh);
      }
    }),
    { numRuns: 60 },
  ),
);
