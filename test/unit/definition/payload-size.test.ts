import { describe, expect, test } from 'vitest';
import { outputBytes, outputsBytes } from '#definition/payload-size.ts';
import { workflowOf } from '#support/compile-text.ts';

const catalogue = new Map(
  Object.entries({
    typed: {
      properties: {
        flag: { type: 'boolean' },
        note: { type: 'string', maxLength: 98 },
        free: { type: 'string' },
        list: { type: 'array', maxItems: 3, items: { type: 'integer' } },
        open: { type: 'array', items: { properties: { n: { type: 'null' } } } },
        any: {},
      },
    },
    untyped: undefined,
  }).map(([name, result]) => [
    name,
    {
      ...{ name, result, description: undefined, parameters: undefined, timeoutMs: undefined },
      ...{ idempotent: false, effect: 'none' as const },
    },
  ]),
);

const TYPED = 8 + 8 + (8 + 100) + (8 + 32) + (8 + 24) + (8 + 10 * (5 + 8)) + (7 + 256);

function bytes(step: string): number {
  const { steps } = workflowOf(`steps: [${step}]`);
  const [first] = steps;
  if (first === undefined) throw new Error('there is no step');
  return outputBytes(first, { catalogue, unknownBytes: 256, countOf: ({ id }) => ({ many: 100 })[id] });
}

describe('what a step may give is reckoned', () => {
  test.each([
    ['{ id: a, command: typed, device: d }', TYPED],
    ['{ id: a, command: untyped, device: d }', 256],
    ['{ id: a, command: unknown, device: d }', 256],
    ['{ id: a, command: typed, device: d, await: ack }', 64],
    [
      '{ id: a, command: typed, device: d, output: { x: "{% 1 %}", y: text, z: [1, null] } }',
      5 + 256 + 5 + 6 + 5 + 18,
    ],
    ['{ id: many, devices: {} }', 51_200],
    ['{ id: few, devices: {} }', 0],
    [
      '{ id: many, forEach: "{% $input %}", steps: [{ id: x, wait: { for: 1s } }, { id: a, http: { url: "https://x" } }] }',
      25_700,
    ],
    ['{ id: few, forEach: "{% $input %}", steps: [{ id: a, http: { url: "https://x" } }] }', 0],
    [
      '{ id: a, parallel: { l: [{ id: x, notify: { topic: t, message: m } }], right: [{ id: y, command: untyped, device: d }] } }',
      5 + 64 + 9 + 256,
    ],
    [
      '{ id: a, choose: [{ if: "{% $input %}", steps: [{ id: x, set: { n: 1 } }] }, { else: true, steps: [{ id: y, http: { url: "https://x" } }] }] }',
      256,
    ],
    [
      '{ id: a, while: "{% $input %}", maxIterations: 3, steps: [{ id: x, command: untyped, device: d }] }',
      256,
    ],
    ['{ id: a, lock: { pools: { p: 1 }, steps: [{ id: x, http: { url: "https://x" } }] } }', 256],
    ['{ id: a, wait: { event: { name: e } } }', 256],
    ['{ id: a, approve: { group: g } }', 256],
    ['{ id: a, wait: { for: 1s } }', 0],
    ['{ id: a, succeed: true }', 0],
  ])('%s: %i bytes', (step, expected) => {
    expect(bytes(step)).toBe(expected);
  });

  test('of all steps, with their ids', () => {
    const { steps } = workflowOf('steps: [{ id: a, approve: { group: g } }, { id: b, wait: { for: 1s } }]');
    expect(outputsBytes(steps, { catalogue: undefined, unknownBytes: 256, countOf: () => undefined })).toBe(
      5 + 256 + 5,
    );
  });
});
