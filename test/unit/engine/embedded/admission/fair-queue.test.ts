import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from '#engine/embedded/admission/fair-queue.ts';

/** Takes everything. */
function drain<T>(queue: FairQueue<T>): T[] {
  const taken: T[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next);
  return taken;
}

test('a flood of one key lets the others have every second turn', () => {
  const queue = new FairQueue<string>();
  for (let n = 1; n <= 1_000; n++) queue.add('flood', `flood ${n}`);
  queue.add('other', 'other 1');
  queue.add('other', 'other 2');
  expect(drain(queue).slice(0, 5)).toEqual(['flood 1', 'other 1', 'flood 2', 'other 2', 'flood 3']);
});

test('a key of weight 3 has three turns for one of another', () => {
  const queue = new FairQueue<string>((key) => (key === 'a' ? 3 : 1));
  for (const entry of ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c']) queue.add(entry, entry);
  expect(drain(queue).join('')).toBe('aaabcaab');
});

const MOST = 4;

/** Entries as they come: a key, and how many are taken before the next one comes. */
const arrivals = fc.array(
  fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), takes: fc.nat({ max: 2 }) }),
  { maxLength: 200 },
);
const weights = fc.record({
  a: fc.integer({ min: 1, max: MOST }),
  b: fc.integer({ min: 1, max: MOST }),
  c: fc.integer({ min: 1, max: MOST }),
  d: fc.integer({ min: 1, max: MOST }),
});

test('nothing is lost, each key keeps its order, and nobody waits longer than the bound says', () => {
  fc.assert(
    fc.property(arrivals, weights, (steps, weightOf) => {
      const queue = new FairQueue<{ key: string; place: number; after: number }>((key) =>
        Number(Reflect.get(weightOf, key)),
      );
      const waiting = new Map<string, number>();
      const order: Record<string, number[]> = {};
      const sum = Object.values(weightOf).reduce((total, weight) => total + weight, 0);
      let taken = 0;
      const take = (): boolean => {
        const entry = queue.take();
        if (entry === undefined) return false;
        taken += 1;
        waiting.set(entry.key, (waiting.get(entry.key) ?? 1) - 1);
        // Before the n-th of a line, the others have had n turns of their weight at most, and one that had begun.
        const others = sum - Number(Reflect.get(weightOf, entry.key));
        expect(taken - entry.after).toBeLessThanOrEqual(entry.place + (entry.place + 1) * others);
        order[entry.key] = [...(order[entry.key] ?? []), entry.after];
        return true;
      };
      for (const { key, takes } of steps) {
        const place = (waiting.get(key) ?? 0) + 1;
        waiting.set(key, place);
        queue.add(key, { key, place, after: taken });
        for (let n = 0; n < takes; n++) take();
      }
      while (take());
      expect(taken).toBe(steps.length);
      for (const seen of Object.values(order)) expect(seen).toEqual(seen.toSorted((x, y) => x - y));
    }),
  );
});
