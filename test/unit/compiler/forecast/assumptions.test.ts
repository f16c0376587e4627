import { expect, test } from 'vitest';
import { assume, type Known } from '#compiler/forecast/assumptions.ts';
import { workflowOf } from '#support/compile-text.ts';

const STEPS = '[{ id: a, command: go, device: d }]';

function known(part: Partial<Known> = {}): Known {
  return { input: undefined, given: new Map(), ...part };
}

/** Assumptions in short: `each 3 items input`. */
async function brief(fields: string, part: Partial<Known> = {}): Promise<string[]> {
  const assumptions = await assume(workflowOf(fields).steps, known(part));
  return assumptions.map(({ step, value, what, from }) => `${step} ${value} ${what} ${from}`);
}

function forEach(items: string): string {
  return `steps: [{ id: each, forEach: "{% ${items} %}", steps: ${STEPS} }]`;
}

test.each([
  ['a list in the text', '[1..7]', undefined, 'each 7 items input'],
  ['the input', '$input.pumps', { pumps: ['a', 'b', 'c'] }, 'each 3 items input'],
  ['a part of the input', '$input.pumps[$ > 1]', { pumps: [1, 2, 3] }, 'each 2 items input'],
  ['one item that is no list', '$input.pump', { pump: 'a' }, 'each 1 items input'],
  ['what the input has not', '$input.pumps', {}, 'each 0 items input'],
  ['an input that is not given', '$input.pumps', undefined, 'each 10 items default'],
  ['an expression that fails', '$input.pumps + 1', { pumps: 'a' }, 'each 10 items default'],
  ['what only the run knows', '$execution.id', {}, 'each 10 items default'],
])('items of %s', async (_name, items, input, expected) => {
  expect(await brief(forEach(items), { input })).toEqual([expected]);
});

const SELECTING = `
steps:
  - { id: targets, devices: { where: "status = 'online'" } }
  - { id: each, forEach: "{% $targets %}", steps: ${STEPS} }
  - { id: poll, while: "{% true %}", maxIterations: 4, steps: [{ id: b, set: { x: 1 } }] }
  - { id: raw, asl: { Type: Map, Items: [1], ItemProcessor: { StartAt: x, States: { x: { Type: Pass, End: true } } } } }`;

test('a forEach over selected devices has as many items as are selected', async () => {
  expect(await brief(SELECTING, { given: new Map([['targets', 50]]) })).toEqual([
    'targets 50 devices given',
    'each 50 items step',
    'poll 4 iterations default',
    'raw 10 items default',
  ]);
});

test('what the caller says counts for more than anything else', async () => {
  const given = new Map([
    ['each', 7],
    ['poll', 2],
    ['raw', 1],
  ]);
  expect(await brief(SELECTING, { given })).toEqual([
    'targets 10 devices default',
    'each 7 items given',
    'poll 2 iterations given',
    'raw 1 items given',
  ]);
});
