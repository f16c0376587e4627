import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distance, positionOf } from '#routing/rings.ts';
import { placesOf as placesOfKey } from '#routing/sticky.ts';
import { RoutedFleet } from '#support/routed-fleet.ts';

const KEYS = Array.from({ length: 40 }, (_, n) => `key-${n}`);

async function placesOf(fleet: RoutedFleet): Promise<ReadonlyMap<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for (const key of KEYS) found.set(key, await fleet.chosen({}, { strategy: 'sticky', key }));
  return found;
}

/** Fleets that are read whole, and larger ones, that are read by parts. */
describe.each([3, 12, 90])('in a fleet of %i', (size) => {
  test('a key goes to the same device, whoever asks', async () => {
    using fleet = new RoutedFleet();
    for (let n = 0; n < size; n++) await fleet.add({ id: `d${n}` });
    const before = await placesOf(fleet);
    fleet.walk = undefined;
    expect(await placesOf(fleet)).toEqual(before);
  });

  test('only the keys move that a device takes or leaves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(size - 1), fc.string({ minLength: 1, maxLength: 5 }), async (gone, name) => {
        using fleet = new RoutedFleet();
        for (let n = 0; n < size; n++) await fleet.add({ id: `d${n}` });
        const before = await placesOf(fleet);
        const id = `new-${Buffer.from(name).toString('hex')}`;
        await fleet.add({ id });
        const joined = await placesOf(fleet);
        for (const key of KEYS) expect([before.get(key), id]).toContain(joined.get(key));
        await fleet.remove(id);
        expect(await placesOf(fleet)).toEqual(before);
        await fleet.remove(`d${gone}`);
        const left = await placesOf(fleet);
        for (const key of KEYS)
          if (before.get(key) !== `d${gone}`) expect(left.get(key)).toBe(before.get(key));
      }),
      { numRuns: size > 64 ? 2 : 6 },
    );
  });
});

/** The device that fits and follows most closely on a place of the key, found by a look at all. */
function nearest(ids: readonly string[], key: string): string | undefined {
  const places = placesOfKey(key);
  const wayOf = (id: string): number => Math.min(...places.map((place) => distance(place, positionOf(id))));
  return ids.toSorted((one, other) => wayOf(one) - wayOf(other))[0];
}

test.each([
  ['each fits', (_n: number) => true, {}],
  ['one in three', (n: number) => n % 3 === 0, { where: 'reported.n % 3 = 0' }],
  ['one in fifty', (n: number) => n % 50 === 0, { where: 'reported.n % 50 = 0' }],
])(
  'of a large fleet of which %s, a key has the device that a look at all finds',
  async (_what, fits, wish) => {
    using fleet = new RoutedFleet();
    const all = Array.from({ length: 300 }, (_, n) => ({ id: `d${n}`, reported: { n } }));
    for (const device of all) await fleet.add(device);
    const fitting = all.flatMap(({ id, reported: { n } }) => (fits(n) ? [id] : []));
    for (const key of KEYS)
      expect(await fleet.chosen(wish, { strategy: 'sticky', key })).toBe(nearest(fitting, key));
  },
);

test('keys are spread over the devices', async () => {
  using fleet = new RoutedFleet();
  for (let n = 0; n < 8; n++) await fleet.add({ id: `d${n}` });
  const counts = new Map<string, number>();
  for (let n = 0; n < 1_600; n++) {
    const chosen = (await fleet.chosen({}, { strategy: 'sticky', key: `customer ${n}` })) ?? '';
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  }
  expect(counts.size).toBe(8);
  // Of 200 each by chance alone: three standard deviations are 40; the places of the devices add their part.
  for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(50);
});
