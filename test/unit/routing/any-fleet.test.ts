import fc from 'fast-check';
import semver from 'semver';
import { expect, test } from 'vitest';
import { STRATEGIES } from '#compiler/route-payload.ts';
import type { Device } from '#devices/device.ts';
import { reopened } from '#routing/breaker.ts';
import { abilitiesWrite, abilityOf, readHealth, withBreaker } from '#routing/health.ts';
import { RoutedFleet } from '#support/routed-fleet.ts';

const versions = fc.constantFrom('1.0.0', '1.9.0', '2.1.0', '3.0.0-beta.1');
const zones = fc.constantFrom(
  'berlin',
  'berlin/hall',
  'berlin/hall/north',
  'berlin/hall/north/rack/2',
  'munich',
);
const described = fc.record({
  status: fc.constantFrom('online' as const, 'online' as const, 'offline' as const),
  zone: fc.option(zones, { nil: undefined }),
  capabilities: fc.dictionary(fc.constantFrom('ota', 'read'), versions),
  tags: fc.dictionary(fc.constantFrom('line'), fc.constantFrom('a', 'b')),
  reported: fc.record({ battery: fc.nat(100) }),
  isKeptOut: fc.boolean(),
});
const wishes = fc.record(
  {
    requires: fc.dictionary(fc.constantFrom('ota', 'read'), fc.constantFrom('*', '>=2', '^1')),
    zone: zones,
    tags: fc.dictionary(fc.constantFrom('line'), fc.constantFrom('a', 'b')),
    where: fc.constantFrom('reported.battery > 50', "line = 'a'"),
  },
  { requiredKeys: [] },
);
type Described = typeof described extends fc.Arbitrary<infer T> ? T : never;
type Wish = typeof wishes extends fc.Arbitrary<infer T> ? T : never;

/** What must hold, said in another way than the code does. */
function fits(device: Described, { requires = {}, zone, tags = {}, where }: Wish): boolean {
  const inside = zone === undefined || `${device.zone ?? ''}/`.startsWith(`${zone}/`);
  const able = Object.entries(requires).every(([name, range]) => {
    const version = device.capabilities[name];
    return version !== undefined && semver.satisfies(version, range, { includePrerelease: true });
  });
  const tagged = Object.entries(tags).every(([name, value]) => device.tags[name] === value);
  const asked =
    where === undefined ||
    (where.startsWith('reported') ? device.reported.battery > 50 : device.tags['line'] === 'a');
  return device.status === 'online' && inside && able && tagged && asked;
}

async function keepOut(fleet: RoutedFleet, id: string, ability: string): Promise<void> {
  const before = await readHealth(fleet.table, id);
  const now = fleet.clock.now();
  const after = withBreaker(before, ability, { breaker: reopened(undefined, 'failures', now), now });
  await fleet.table.transact([abilitiesWrite(id, { before, after, open: 0 })]);
}

test('a device that fits is chosen where there is one, and never another, by any strategy', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(described, { maxLength: 8 }),
      wishes,
      fc.constantFrom(...STRATEGIES),
      async (devices, wish, strategy) => {
        using fleet = new RoutedFleet();
        const isOut = new Map<string, boolean>();
        for (const [n, { isKeptOut, zone, ...device }] of devices.entries()) {
          await fleet.add({ id: `d${n}`, ...device, ...(zone === undefined ? {} : { zone }) });
          if (isKeptOut) await keepOut(fleet, `d${n}`, abilityOf(wish.requires ?? {}));
          isOut.set(`d${n}`, isKeptOut);
        }
        const good = devices.flatMap((device, n) =>
          fits(device, wish) && isOut.get(`d${n}`) === false ? [`d${n}`] : [],
        );
        const extra =
          strategy === 'sticky'
            ? { key: 'k' }
            : strategy === 'weighted'
              ? { weight: '1 + reported.battery' }
              : {};
        const chosen = await fleet.chosen(wish, { strategy, ...extra });
        if (good.length === 0) expect(chosen).toBeUndefined();
        else expect(good).toContain(chosen);
      },
    ),
    { numRuns: 150 },
  );
});

test('a device is found as it is registered last, however it was before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(described, { minLength: 1, maxLength: 6 }), wishes, async (states, wish) => {
      using fleet = new RoutedFleet();
      for (const { isKeptOut: _, zone, ...state } of states) {
        const fields: Partial<Device> = { ...state, ...(zone === undefined ? {} : { zone }) };
        await fleet.remove('d').catch(() => undefined);
        await fleet.add({ id: 'd', type: 'first' });
        await fleet.add({ id: 'd', ...fields });
      }
      const last = states.at(-1);
      expect(await fleet.chosen(wish)).toBe(last !== undefined && fits(last, wish) ? 'd' : undefined);
    }),
    { numRuns: 80 },
  );
});

test('a device with more capabilities than one transaction takes is found by each, and by none once it is gone', async () => {
  using fleet = new RoutedFleet();
  const names = Array.from({ length: 60 }, (_, n) => `c${n}`);
  await fleet.add({
    id: 'many',
    zone: 'a/b/c',
    capabilities: Object.fromEntries(names.map((name) => [name, '1.0.0'])),
  });
  for (const name of names)
    expect(await fleet.chosen({ requires: { [name]: '*' }, zone: 'a/b/c' })).toBe('many');
  await fleet.add({ id: 'many', capabilities: { c1: '1.0.0' } });
  expect(await fleet.chosen({ requires: { c2: '*' } })).toBeUndefined();
  expect(await fleet.chosen({ requires: { c1: '*' } })).toBe('many');
  await fleet.remove('many');
  expect(await fleet.chosen({})).toBeUndefined();
});

test.each([63, 64])('of %i devices all are looked at, wherever the reading begins', async (size) => {
  using fleet = new RoutedFleet();
  for (let n = 0; n < size; n++) await fleet.add({ id: `d${n}` });
  for (const strategy of ['least-loaded', 'round-robin', 'random', 'round-robin'])
    expect((await fleet.choose({}, { strategy })).trace).toMatchObject({ isWhole: true, fits: size });
});

test('the one device that fits is found in a large fleet', async () => {
  using fleet = new RoutedFleet();
  for (let n = 0; n < 300; n++) await fleet.add({ id: `d${n}`, status: n === 217 ? 'online' : 'offline' });
  for (const strategy of ['least-loaded', 'round-robin', 'sticky'])
    expect(await fleet.chosen({}, { strategy, ...(strategy === 'sticky' ? { key: 'k' } : {}) })).toBe('d217');
});
