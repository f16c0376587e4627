import { expect, test } from 'vitest';
import { simulate } from './simulate.ts';

/** Seeds of each test; together they take about 25 s of one core. */
const SEEDS = 400;

/** Where another run is to begin, to look at seeds that nobody has seen: `SIMULATE_FROM=100000 npx vitest …`. */
const FROM = Number(process.env['SIMULATE_FROM'] ?? 1);

test.each([0, 1, 2, 3, 4])(
  'no crash and no fault breaks a promise of the engine (part %i)',
  async (part) => {
    const seen = { deaths: 0, calls: 0, redrives: 0, compared: 0 };
    const statuses = new Set<string>();
    for (let seed = FROM + part * SEEDS; seed < FROM + (part + 1) * SEEDS; seed++) {
      const outcome = await simulate(seed);
      expect(
        outcome.violations,
        `replay: npm run simulate:engine -- --from ${seed} --seeds 1 --trace`,
      ).toEqual([]);
      seen.deaths += outcome.deaths;
      seen.calls += outcome.calls;
      seen.redrives += outcome.redrives;
      seen.compared += outcome.compared;
      for (const end of outcome.statuses) statuses.add(end);
    }
    expect(seen.deaths).toBeGreaterThan(SEEDS / 2);
    expect(seen.calls).toBeGreaterThan(SEEDS * 4);
    expect(seen.redrives).toBeGreaterThan(SEEDS / 4);
    expect(seen.compared).toBeGreaterThan(SEEDS / 4);
    expect([...statuses].sort()).toEqual(['ABORTED', 'FAILED', 'SUCCEEDED', 'TIMED_OUT']);
  },
  60_000,
);

test('a seed does the same each time', async () => {
  for (const seed of [3, 158, 196]) {
    expect(await simulate(seed)).toEqual(await simulate(seed));
  }
});

test('seeds differ', async () => {
  expect((await simulate(1)).digest).not.toBe((await simulate(2)).digest);
});
