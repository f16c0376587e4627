import { expect, test } from 'vitest';
import { compileWorkflow, layOutMeasured } from '#compiler/compile.ts';
import { layOut, type Part } from '#compiler/layout.ts';
import { workflowOf } from '#support/compile-text.ts';

/** c needs a and b, d needs b alone: one of a and d has to wait for what it does not need. */
const TANGLE = workflowOf(`
steps:
  - { id: a, needs: [], command: go, device: d }
  - { id: b, needs: [], command: go, device: d }
  - { id: c, needs: [a, b], command: go, device: d }
  - { id: d, needs: [b], command: go, device: d }`);

/** An arrangement in short: `a b` one after the other, `(a | b)` side by side. */
function brief(parts: readonly Part[]): string {
  return parts
    .map((part) => (part.kind === 'step' ? part.step.id : `(${part.sides.map(brief).join(' | ')})`))
    .join(' ');
}

test.each([
  ['a is quick, d waits for it', { a: 1, b: 10, c: 10, d: 10 }, '(a | b) (c | d)'],
  ['a and d are slow, a waits for b', { a: 100, b: 1, c: 50, d: 200 }, 'b (a c | d)'],
])('where %s', (_name, times, expected) => {
  const { steps } = TANGLE;
  expect(brief(layOutMeasured(steps, new Map(Object.entries(times))).partsOf(steps))).toBe(expected);
});

test('a profile counts steps that hold others by what is inside them', () => {
  const { steps } = workflowOf(`
steps:
  - { id: a, needs: [], forEach: "{% $input %}", maxConcurrency: 1, steps: [{ id: slow, command: go, device: d }] }
  - { id: b, needs: [], command: go, device: d }
  - { id: c, needs: [a, b], command: go, device: d }
  - { id: d, needs: [b], command: go, device: d }`);
  const arrangedWith = (slow: number): string => {
    const profile = new Map(Object.entries({ slow, b: 20, c: 1_000, d: 2_000 }));
    return brief(layOutMeasured(steps, profile).partsOf(steps));
  };
  expect(arrangedWith(1)).toBe('(a | b) (c | d)');
  expect(arrangedWith(100)).toBe('b (a c | d)');
});

test('without a profile all steps count the same', () => {
  const { steps } = TANGLE;
  expect(brief(layOutMeasured(steps, undefined).partsOf(steps))).toBe(brief(layOut(steps).partsOf(steps)));
});

test('the machine is compiled as its profile arranges it', () => {
  const profile = new Map(Object.entries({ a: 100, b: 1, c: 50, d: 200 }));
  expect(compileWorkflow(TANGLE, { profile }).definition['StartAt']).toBe('b');
  expect(compileWorkflow(TANGLE).definition['StartAt']).toBe('a group');
});
