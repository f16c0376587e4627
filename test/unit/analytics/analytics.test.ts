import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { differenceOf } from '#analytics/compare-sides.ts';
import { decisionAnalytics } from '#analytics/decision-analytics.ts';
import { driftOf, InputValues } from '#analytics/drift.ts';
import { RegretEstimate } from '#analytics/regret.ts';
import { rulesOf } from '#analytics/rules.ts';
import { Tally } from '#analytics/tally.ts';
import { DecisionAnalyticsSchema } from '#api/analytics-documents.ts';
import { seededRandom } from '#core/random.ts';
import { decideForStep } from '#executions/decide-step.ts';
import { type LoggedWorld, loggedWorld, wavePolicy } from '#support/logged-world.ts';

describe('of a decision', () => {
  let logged: LoggedWorld;
  beforeEach(async () => {
    logged = await loggedWorld(50);
    await logged.publish(wavePolicy('1.0.0'));
  });
  afterEach(() => logged.world[Symbol.dispose]());

  test('each rule has its hits, its outcomes and its times, and what was never hit is told', async () => {
    await logged.runAll([{ devices: 3 }, { devices: 8 }, { devices: 9 }]);
    const { document } = await logged.api.good('GET', '/v1/decisions/wave-policy/analytics');
    const told = DecisionAnalyticsSchema.parse(document);
    expect(told).toMatchObject({
      ...{ decision: 'wave-policy', isWhole: true, failed: 0 },
      all: { hits: 3, ended: 3, succeeded: 2, successRate: 0.6667 },
      rules: [
        { version: '1.0.0', rule: '2', hits: 2, successRate: 1 },
        { version: '1.0.0', rule: '1', hits: 1, successRate: 0 },
      ],
      neverHit: [{ version: '1.0.0', rules: ['3'] }],
      workflows: [{ workflow: 'tested', hits: 3 }],
    });
    expect(told.all.latencyMs?.p99).toBeGreaterThanOrEqual(told.all.latencyMs?.p50 ?? 0);
  });

  test('without records, all rules were never hit', async () => {
    const { document } = await logged.api.good('GET', '/v1/decisions/wave-policy/analytics');
    expect(document).toMatchObject({ all: { hits: 0 }, neverHit: [{ rules: ['1', '2', '3'] }], drift: [] });
  });

  test('reads no more than so many records, the newest, and says so', async () => {
    const { ports, clock } = logged.world;
    for (let at = 0; at < 10; at++) {
      await decideForStep(ports, {
        ...{ taskToken: 't', execution: `e${at}`, path: 'p', attempt: 0, timeoutSeconds: 5 },
        ...{ decision: 'wave-policy', version: '1.0.0', input: { devices: at } },
      });
      await clock.advance(1_000);
    }
    const period = { from: Date.UTC(2026, 0, 1), to: clock.now() };
    const { isWhole, all, from } = await decisionAnalytics(ports.table, 'wave-policy', {
      ...period,
      most: 4,
    });
    expect([isWhole, all.hits, from]).toEqual([false, 4, period.from + 6_000]);
  });

  test('a decision that is not published is none (SW4029)', async () => {
    const problem = await logged.api.problem('GET', '/v1/decisions/other/analytics');
    expect(problem).toMatchObject({ code: 'SW4029', status: 404 });
  });
});

test('the ends of a tree are its rules, and an expression has none', () => {
  const tree = [
    {
      if: 'a',
      give: [
        { if: 'b', give: { out: 1 } },
        { else: true as const, give: { out: 2 } },
      ],
    },
    { else: true as const, give: { out: 3 } },
  ];
  expect(rulesOf({ tree })).toEqual(['tree.0.give.0', 'tree.0.give.1', 'tree.1']);
  expect(rulesOf({})).toEqual([]);
});

test('quantiles are within 1 % of what they are of all values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 300 }),
      (values) => {
        const tally = new Tally();
        for (const latencyMs of values) tally.count({ latencyMs });
        const sorted = values.toSorted((one, other) => one - other);
        const exact = sorted[Math.floor(0.9 * (values.length - 1))] ?? 0;
        expect(Math.abs((tally.summary().latencyMs?.p90 ?? 0) - exact)).toBeLessThanOrEqual(0.0101 * exact);
      },
    ),
    { numRuns: 50 },
  );
});

describe('regret', () => {
  const estimate = (
    trials: readonly (readonly [context: string, arm: string, success: boolean, times: number])[],
  ) => {
    const regret = new RegretEstimate();
    for (const [context, arm, success, times] of trials)
      for (let at = 0; at < times; at++) regret.count({ context, arm, success });
    return regret.result();
  };

  test('is how much likelier the best alternative goes well', () => {
    const regret = estimate([
      ['small', 'fast', true, 900],
      ['small', 'fast', false, 100],
      ['small', 'slow', true, 500],
      ['small', 'slow', false, 500],
    ]);
    expect(regret).toMatchObject({ covered: 2_000, choices: 2_000 });
    expect(regret?.perChoice).toBeCloseTo(0.2, 2);
  });

  test('is not known where nothing else was tried, was tried too rarely, or in another context', () => {
    expect(estimate([['a', 'fast', false, 100]])).toBeUndefined();
    expect(
      estimate([
        ['a', 'fast', false, 100],
        ['a', 'slow', true, 4],
      ]),
    ).toBeUndefined();
    expect(
      estimate([
        ['a', 'fast', false, 100],
        ['b', 'slow', true, 100],
      ]),
    ).toBeUndefined();
  });

  test('looks at no arm that could not have been chosen', () => {
    const regret = new RegretEstimate();
    for (let at = 0; at < 20; at++) {
      regret.count({ context: 'c', arm: 'a', options: ['a'], success: false });
      regret.count({ context: 'c', arm: 'b', options: ['b', 'a'], success: true });
    }
    expect(regret.result()).toEqual({ perChoice: 0, covered: 20, choices: 40 });
  });

  test('is never below 0, nor above 1', () => {
    const trial = fc.tuple(
      fc.constantFrom('x', 'y'),
      fc.constantFrom('a', 'b', 'c'),
      fc.boolean(),
      fc.integer({ min: 1, max: 20 }),
    );
    fc.assert(
      fc.property(fc.array(trial, { maxLength: 20 }), (trials) => {
        const perChoice = estimate(trials)?.perChoice ?? 0;
        expect(perChoice).toBeGreaterThanOrEqual(0);
        expect(perChoice).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});

describe('drift', () => {
  const valuesOf = (values: readonly (string | number)[]) => {
    const counted = new InputValues();
    for (const value of values) counted.count({ input: value });
    return counted;
  };
  const numbers = (seed: number, shift: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 1_000 }, () => random() * 100 + shift);
  };

  const fifty = (value: string | number) => Array.from({ length: 50 }, () => value);

  test.each([
    { name: 'the same spread of numbers', before: numbers(1, 0), after: numbers(2, 0), verdict: 'stable' },
    { name: 'numbers that moved a little', before: numbers(1, 0), after: numbers(2, 6), verdict: 'moved' },
    { name: 'numbers that moved far', before: numbers(1, 0), after: numbers(2, 60), verdict: 'drifted' },
    { name: 'one number for another', before: fifty(5), after: fifty(6), verdict: 'drifted' },
    { name: 'one text for another', before: fifty('pump'), after: fifty('valve'), verdict: 'drifted' },
    { name: 'equal texts', before: fifty('pump'), after: fifty('pump'), verdict: 'stable' },
  ])('of $name is $verdict', ({ before, after, verdict }) => {
    expect(driftOf(valuesOf(before), valuesOf(after))).toMatchObject([{ input: 'input', verdict }]);
  });

  test('is not told of few values', () => {
    expect(driftOf(valuesOf(fifty(1).slice(1, 20)), valuesOf(fifty(2)))).toEqual([]);
  });
});

test('the interval of a difference holds the truth about 95 times of a hundred', () => {
  const random = seededRandom(7);
  const drawn = (share: number) => {
    const succeeded = Array.from({ length: 60 }, () => random() < share).filter(Boolean).length;
    return { hits: 60, ended: 60, succeeded };
  };
  const held = Array.from({ length: 1_000 }, () => differenceOf(drawn(0.8), drawn(0.9))).filter(
    (told) => told !== undefined && told.low <= 0.1 && told.high >= 0.1,
  );
  expect(held.length).toBeGreaterThan(930);
  expect(held.length).toBeLessThan(985);
});
