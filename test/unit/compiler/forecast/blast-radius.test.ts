import { expect, test } from 'vitest';
import { layOutMeasured } from '#compiler/compile.ts';
import { type BlastRadius, blastRadius } from '#compiler/forecast/blast-radius.ts';
import type { Catalogue, CommandEffect } from '#definition/command.ts';
import { workflowOf } from '#support/compile-text.ts';

function entry(name: string, effect: CommandEffect) {
  const untyped = { description: undefined, parameters: undefined, result: undefined, timeoutMs: undefined };
  return [name, { name, effect, idempotent: false, ...untyped }] as const;
}

const CATALOGUE: Catalogue = new Map([entry('flash', 'reversible'), entry('read', 'none')]);

function radius(steps: string, catalogue: Catalogue): BlastRadius {
  const { steps: read } = workflowOf(`steps: ${steps}`);
  const layout = layOutMeasured(read, undefined);
  return blastRadius(read, { layout, catalogue, counts: new Map([['each', 100]]) });
}

const FLASH = '{ id: flash, command: flash, device: "{% $item %}" }';

test.each([
  ['a command that changes nothing', '[{ id: a, command: read, device: d }]', 0],
  [
    'one device, changed twice',
    '[{ id: a, command: flash, device: d }, { id: b, command: flash, device: d }]',
    1,
  ],
  ['two devices', '[{ id: a, command: flash, device: d }, { id: b, command: flash, device: e }]', 2],
  [
    'an iteration, as wide as Step Functions lets it be',
    `[{ id: each, forEach: "{% $input %}", steps: [${FLASH}] }]`,
    40,
  ],
  [
    'an iteration with a bound',
    `[{ id: each, forEach: "{% $input %}", maxConcurrency: 4, steps: [${FLASH}] }]`,
    4,
  ],
  [
    'an iteration whose widest wave is smaller than its bound',
    `[{ id: each, forEach: "{% $input %}", maxConcurrency: 20, waves: [{ count: 3 }, { count: 5 }], steps: [${FLASH}] }]`,
    5,
  ],
  [
    'waves of which only a run can tell how wide they are',
    `[{ id: each, forEach: "{% $input %}", maxConcurrency: 20, waves: [{ tag: { ring: early } }, { count: 5 }], steps: [${FLASH}] }]`,
    20,
  ],
  [
    'canaries of which there are only so many',
    `[{ id: each, forEach: "{% $input %}", waves: [{ canary: { cover: [type], max: 3 } }, { count: 5 }], steps: [${FLASH}] }]`,
    5,
  ],
  [
    'devices of which nobody knows how many join later',
    `[{ id: each, forEach: "{% $input %}", maxConcurrency: 30, waves: [{ count: 3 }], watch: { for: 1d, devices: {} }, steps: [${FLASH}] }]`,
    30,
  ],
  [
    'an iteration that changes one device of all items',
    `[{ id: each, forEach: "{% $input %}", steps: [{ id: a, command: flash, device: gateway }] }]`,
    1,
  ],
  [
    'iterations one after the other',
    `[{ id: each, forEach: "{% $input %}", maxConcurrency: 4, steps: [${FLASH}] }, { id: more, forEach: "{% $input %}", maxConcurrency: 3, steps: [{ id: a, command: flash, device: "{% $item %}" }] }]`,
    4,
  ],
  [
    'iterations side by side',
    `[{ id: each, needs: [], forEach: "{% $input %}", maxConcurrency: 4, steps: [${FLASH}] }, { id: more, needs: [], forEach: "{% $input %}", maxConcurrency: 3, steps: [{ id: a, command: flash, device: "{% $item %}" }] }]`,
    7,
  ],
  [
    'branches of a parallel',
    '[{ id: both, parallel: { l: [{ id: a, command: flash, device: d }], r: [{ id: b, command: flash, device: e }] } }]',
    2,
  ],
  [
    'two devices of each item in an iteration inside another',
    `[{ id: each, forEach: "{% $input %}", maxConcurrency: 2, steps: [{ id: more, forEach: "{% $item.devices %}", maxConcurrency: 3, steps: [${FLASH}, { id: b, command: flash, device: "{% $item.next %}" }] }] }]`,
    12,
  ],
])('%s', (_name, steps, devices) => {
  expect(radius(steps, CATALOGUE).devices).toBe(devices);
});

test('where there is no catalogue, every command may change its device', () => {
  expect(radius('[{ id: a, command: read, device: d }]', undefined)).toEqual({
    devices: 1,
    changedBy: ['a'],
  });
});
