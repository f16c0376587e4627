import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Candidate, chooseCanaries } from '#executions/rollout/canaries.ts';

const FLEET: readonly (readonly [type: string, firmware: string, zone: string])[] = [
  ['pump', '1', 'east'],
  ['pump', '1', 'east'],
  ['pump', '2', 'west'],
  ['valve', '1', 'west'],
  ['pump', '1', 'east'],
  ['valve', '1', 'west'],
];

function candidates(kinds: readonly (readonly string[])[]): Candidate[] {
  return kinds.map(([type = '', firmware = '', zone = ''], item) => ({
    ...{ item, device: `d${item}`, kind: { type, firmware, zone } },
  }));
}

describe('canaries', () => {
  test('are the first of each kind, the one that covers most first, and tell why', () => {
    expect(chooseCanaries(candidates(FLEET))).toEqual({
      items: [0, 3, 2],
      chosen: [
        { device: 'd0', covers: ['firmware=1', 'type=pump', 'zone=east'], standsFor: 3 },
        { device: 'd3', covers: ['type=valve', 'zone=west'], standsFor: 2 },
        { device: 'd2', covers: ['firmware=2'], standsFor: 1 },
      ],
      kinds: 3,
      covered: 3,
    });
  });

  test('cover as much as so many can when there may not be more', () => {
    expect(chooseCanaries(candidates(FLEET), 1)).toMatchObject({ items: [0], kinds: 3, covered: 1 });
  });

  test('take the kinds that most items have once every value is covered', () => {
    const kinds = [
      ['a', '1', 'x'],
      ['b', '2', 'x'],
      ['a', '2', 'x'],
      ['b', '1', 'x'],
      ['b', '1', 'x'],
    ];
    expect(chooseCanaries(candidates(kinds), 3).items).toEqual([3, 2, 0]);
  });

  test('tell items without a field from those with one', () => {
    const items = [{ v: 1 }, { v: 'one' }, {}, { v: null }].map((kind, item) => ({ item, device: '', kind }));
    expect(chooseCanaries(items).items).toEqual([0, 1, 3, 2]);
  });

  test('of any fleet cover every kind once, and every value with as few as there are values', () => {
    const field = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(field, field, field), { maxLength: 40 }), (kinds) => {
        const all = candidates(kinds);
        const whole = chooseCanaries(all);
        const distinct = new Set(kinds.map((kind) => kind.join()));
        expect(new Set(whole.items.map((item) => kinds[item]?.join()))).toEqual(distinct);
        expect(whole.items).toHaveLength(distinct.size);
        const values = new Set(kinds.flatMap(([a, b, c]) => [`type=${a}`, `firmware=${b}`, `zone=${c}`]));
        const few = chooseCanaries(all, values.size);
        expect(new Set(few.chosen.flatMap(({ covers }) => covers))).toEqual(values);
        expect(chooseCanaries(all)).toEqual(whole);
      }),
    );
  });
});
