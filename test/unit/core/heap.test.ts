import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from '#core/heap.ts';

test('whatever is added and taken, the least item is at hand', () => {
  const actions = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant('take' as const)));
  fc.assert(
    fc.property(actions, (all) => {
      const heap = new Heap<number>((one, other) => one - other);
      const model: number[] = [];
      for (const action of all) {
        if (action === 'take') expect(heap.pop()).toBe(model.shift());
        else {
          heap.push(action);
          model.push(action);
          model.sort((one, other) => one - other);
        }
        expect(heap.first).toBe(model[0]);
      }
    }),
  );
});
