import { expect, test } from 'vitest';
import { rehearse } from '#rehearsal/rehearse.ts';
import { reasonOf } from '#rehearsal/summary.ts';
import { standardScenarios } from './workflows/scenarios.ts';

/** Seeds of each workflow; of all ten together 2,000, which take about 50 s of one core. */
const SEEDS = 200;

/** Where another run is to begin, to look at seeds that nobody has seen. */
const FROM = Number(process.env['SIMULATE_FROM'] ?? 1);

const scenarios = standardScenarios().map(([name, rehearsed], index) => ({ name, rehearsed, index }));

test.each(scenarios)(
  '$name keeps every promise under the standard mix of faults ($index)',
  async ({ rehearsed, index }) => {
    const faults = new Map<string, number>();
    const ends = new Map<string, number>();
    for (let seed = FROM + index * SEEDS; seed < FROM + (index + 1) * SEEDS; seed++) {
      const run = await rehearse(rehearsed, seed);
      expect(run.violations, `seed ${seed}: ${run.status} ${reasonOf(run)}`).toEqual([]);
      ends.set(run.status, (ends.get(run.status) ?? 0) + 1);
      for (const [fault, times] of run.faultCounts) faults.set(fault, (faults.get(fault) ?? 0) + times);
    }
    // Things did go wrong, and executions ended by themselves all the same.
    expect(faults.get('throttled call of the table')).toBeGreaterThan(SEEDS / 5);
    expect(ends.get('NEVER_ENDED')).toBeUndefined();
  },
  180_000,
);

test('a seed does the same each time, to the last event', async () => {
  for (const { rehearsed } of scenarios) {
    const [one, other] = [await rehearse(rehearsed, 4711), await rehearse(rehearsed, 4711)];
    expect(other.digest).toBe(one.digest);
    expect(JSON.stringify(other.view)).toBe(JSON.stringify(one.view));
  }
});

test('seeds differ', async () => {
  const [first] = scenarios;
  if (first === undefined) throw new Error('there is no scenario');
  const digests = new Set<string>();
  for (let seed = 1; seed <= 10; seed++) digests.add((await rehearse(first.rehearsed, seed)).digest);
  expect(digests.size).toBe(10);
});
