import { describe, expect, test } from 'vitest';
import { abilitiesWrite, afterOutcome, openWrite, readHealth } from '#routing/health.ts';
import { positionOf } from '#routing/rings.ts';
import { RoutedFleet } from '#support/routed-fleet.ts';

async function fleetOf(count: number, power: (n: number) => number = () => 1): Promise<RoutedFleet> {
  const fleet = new RoutedFleet();
  for (let n = 0; n < count; n++) await fleet.add({ id: `d${n}`, tags: { power: String(power(n)) } });
  return fleet;
}

/** How often each device is chosen. */
async function countsOf(
  fleet: RoutedFleet,
  times: number,
  route: object,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let n = 0; n < times; n++) {
    const chosen = (await fleet.chosen({}, route)) ?? '';
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  }
  return counts;
}

/** Something has come of commands of a device. */
async function tell(
  fleet: RoutedFleet,
  id: string,
  outcome: { readonly successes?: number; readonly failures?: number; readonly latencyMs?: number },
): Promise<void> {
  const before = await readHealth(fleet.table, id);
  const now = fleet.clock.now();
  const { successes = 0, failures = 0 } = outcome;
  const total = successes + failures;
  // Failures evenly among successes, so that no five come in a row.
  const failed = (at: number): number => Math.floor((at * failures) / total);
  const results = Array.from({ length: total }, (_, at) =>
    failed(at + 1) > failed(at) ? ('failure' as const) : ('success' as const),
  );
  let after = before;
  for (const result of results) {
    const known = { command: 'c', ability: '*', now, latencyMs: outcome.latencyMs };
    after = afterOutcome(after, { ...known, result });
  }
  await fleet.table.transact([abilitiesWrite(id, { before, after, open: 0 })]);
}

describe('shares', () => {
  test.each([
    ['least-loaded', {}],
    ['round-robin', {}],
    ['random', {}],
    ['weighted', { weight: '$number(tags.power)' }],
  ])('of %s are within 5 %% of what is ideal', async (strategy, more) => {
    const powers = strategy === 'weighted' ? [1, 2, 2, 3] : [1, 1, 1, 1];
    using fleet = await fleetOf(4, (n) => powers[n] ?? 1);
    const times = 6_000;
    const counts = await countsOf(fleet, times, { strategy, ...more });
    const total = powers.reduce((sum, power) => sum + power, 0);
    for (const [n, power] of powers.entries()) {
      const ideal = (times * power) / total;
      expect(Math.abs((counts.get(`d${n}`) ?? 0) - ideal) / ideal, `d${n}`).toBeLessThan(0.05);
    }
  });

  test('of a large fleet do not depend on the gaps between hashes', async () => {
    const size = 160;
    using fleet = await fleetOf(size);
    const places = Array.from({ length: size }, (_, n) => positionOf(`d${n}`)).toSorted();
    const at = (n: number): number => Number.parseInt(places[(n + size) % size] ?? '', 16);
    // What a window that begins at a place by chance favours: devices behind much empty space.
    const emptiness = (id: string): number => {
      const own = places.indexOf(positionOf(id));
      return (at(own) - at(own - 16) + 2 ** 48) % 2 ** 48;
    };
    const ids = Array.from({ length: size }, (_, n) => `d${n}`).toSorted(
      (a, b) => emptiness(a) - emptiness(b),
    );
    const spread = async (): Promise<number> => {
      const counts = await countsOf(fleet, 1_500, { strategy: 'random' });
      const sum = (part: readonly string[]): number =>
        part.reduce((all, id) => all + (counts.get(id) ?? 0), 0);
      return sum(ids.slice(-size / 4)) / sum(ids.slice(0, size / 4));
    };
    const walked = await spread();
    expect(Math.abs(walked - 1)).toBeLessThan(0.15);
    fleet.walk = undefined;
    expect(await spread()).toBeGreaterThan(1.2);
  });

  test('of turns in a large fleet are all the same', async () => {
    using fleet = await fleetOf(70);
    const counts = await countsOf(fleet, 140, { strategy: 'round-robin' });
    expect(new Set(counts.values())).toEqual(new Set([2]));
  });
});

test('turns that are taken at the same time go to different devices', async () => {
  using fleet = await fleetOf(6);
  const chosen = await Promise.all(
    Array.from({ length: 6 }, () => fleet.chosen({}, { strategy: 'round-robin' })),
  );
  expect(new Set(chosen).size).toBe(6);
});

test('the least loaded device is that with the fewest commands open', async () => {
  using fleet = await fleetOf(3);
  for (const [id, open] of [
    ['d0', 2],
    ['d1', 1],
    ['d2', 3],
  ] as const)
    for (let n = 0; n < open; n++) await fleet.table.transact([openWrite(id, 1)]);
  expect((await fleet.choose({})).trace.best).toEqual([
    { device: 'd1', load: 1 },
    { device: 'd0', load: 2 },
    { device: 'd2', load: 3 },
  ]);
});

test('of a fast and a slow device, the fast one is taken until it has so much more to do', async () => {
  using fleet = await fleetOf(2);
  await tell(fleet, 'd0', { successes: 5, latencyMs: 20 });
  await tell(fleet, 'd1', { successes: 5, latencyMs: 50 });
  const route = { strategy: 'latency-aware' };
  expect(await countsOf(fleet, 20, route)).toEqual(new Map([['d0', 20]]));
  for (let n = 0; n < 2; n++) await fleet.table.transact([openWrite('d0', 1)]);
  expect(await countsOf(fleet, 20, route)).toEqual(new Map([['d1', 20]]));
});

test('by outcome, the device that succeeds more is taken more, and the other still tried', async () => {
  using fleet = await fleetOf(2);
  await tell(fleet, 'd0', { successes: 9, failures: 3 });
  await tell(fleet, 'd1', { successes: 6, failures: 6 });
  const counts = await countsOf(fleet, 400, { strategy: 'adaptive' });
  expect(counts.get('d0')).toBeGreaterThan(300);
  expect(counts.get('d1')).toBeGreaterThan(10);
});

describe('quarantine', () => {
  test('takes the one that does far worse than the others, tells so, and ends when it can do it again', async () => {
    using fleet = await fleetOf(8);
    for (let n = 1; n < 8; n++) await tell(fleet, `d${n}`, { successes: 38, failures: 2 });
    await tell(fleet, 'd0', { successes: 24, failures: 16 });
    expect((await countsOf(fleet, 40, { strategy: 'random' })).has('d0')).toBe(false);
    const { trace } = await fleet.choose({});
    expect(trace.left).toEqual({ quarantine: 1 });
    await fleet.clock.advance(30_000);
    expect(await fleet.chosen({}, { exclude: Array.from({ length: 7 }, (_, n) => `d${n + 1}`) })).toBe('d0');
  });

  test('takes nobody of devices that all do about as well, or that are few, or of which little is known', async () => {
    for (const [size, volume] of [
      [8, 1],
      [4, 1],
      [8, 0.2],
    ] as const) {
      using fleet = await fleetOf(size);
      for (let n = 0; n < size; n++) {
        const isWorse = n === 0 && (size === 4 || volume < 1);
        const failures = Math.round((isWorse ? 16 : n % 2 === 0 ? 3 : 4) * volume);
        await tell(fleet, `d${n}`, { successes: Math.round(36 * volume), failures });
      }
      expect((await fleet.choose({})).trace.fits).toBe(size);
    }
  });

  test('takes no more than a tenth, but one', async () => {
    using fleet = await fleetOf(9);
    for (let n = 0; n < 9; n++)
      await tell(fleet, `d${n}`, { successes: n < 2 ? 24 : 38, failures: n < 2 ? 16 : 2 });
    for (let n = 0; n < 5; n++) await fleet.choose({});
    expect((await fleet.choose({})).trace.left['quarantine'] ?? 0).toBeLessThanOrEqual(1);
  });
});
