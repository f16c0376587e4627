import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '#core/diagnostic.ts';
import { readCommand } from '#definition/command.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { validateProject } from '#validation/read-project.ts';
import { validateWorkflow } from '#validation/validate.ts';

const HEAD = 'stepwright: 1\nname: hostile\nversion: 1.0.0\n';

function validate(text: string): readonly Diagnostic[] {
  return validateWorkflow(Source.parse('hostile.yaml', text), NO_PROJECT).diagnostics;
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

const codesOf = (diagnostics: readonly Diagnostic[]): string[] => [
  ...new Set(diagnostics.map(({ code }) => code)),
];

/** Files of about a megabyte, or as many steps as there may be, made to be slow. */
const HOSTILE: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'steps that all need all others',
    `steps:\n${lines(200, (index) => `  - { id: s${index}, wait: { for: 1s }, needs: [${lines(200, (other) => `s${other},`).replaceAll('\n', '')}] }`)}`,
    ['SW1501'],
  ],
  [
    'a long chain of needs, each step of which reads the first',
    `steps:\n${lines(2_000, (index) => `  - { id: s${index}, needs: [${index === 0 ? '' : `s${index - 1}`}], set: { x: "{% $s0 %}" } }`)}`,
    ['SW1206'],
  ],
  [
    'a list that nothing holds together, each step of which reads the last',
    `steps:\n${lines(2_000, (index) => `  - { id: s${index}, needs: [], set: { x: "{% $s1999 %}" } }`)}`,
    ['SW1206'],
  ],
  [
    'names that are nearly those of steps',
    `steps:\n${lines(600, (index) => `  - { id: stepOfThisWorkflow${index}, set: { x: "{% $setpOfThisWorkflow${index} %}" } }`)}`,
    ['SW1205'],
  ],
  [
    'names that are nearly those of many steps',
    `steps:\n${lines(900, (index) => `  - { id: stepOfThisWorkflow${index}, wait: { for: 1s } }`)}\n  - id: last\n    set:\n      x:\n${lines(2_000, (index) => `        - "{% $setpOfThisWorkflow${index} %}"`)}`,
    ['SW1205'],
  ],
  [
    'forty thousand expressions',
    `steps:\n  - id: s\n    set:\n      x:\n${lines(40_000, () => '        - "{% $s %}"')}`,
    ['SW1206'],
  ],
  [
    'variables that many steps set',
    `steps:\n${lines(1_000, (index) => `  - { id: s${index}, set: { v${index}: "{% $vars.v${index} %}" } }`)}`,
    ['SW1209'],
  ],
  [
    'names of errors that are nearly ours',
    `steps:\n${lines(1_000, (index) => `  - { id: s${index}, devices: {}, retry: { on: [Device.Timeot, Device.Ofline] } }`)}`,
    ['SW1211'],
  ],
  [
    'more steps than fit',
    `steps:\n${lines(5_000, (index) => `  - { id: s${index}, needs: [x], wait: { for: 1s } }`)}`,
    ['SW1110'],
  ],
  [
    'steps inside steps',
    `steps: ${'[{ id: s, parallel: { b: '.repeat(18)}[]${' } }]'.repeat(18)}`,
    ['SW1103', 'SW1201'],
  ],
  ['a long expression', `steps:\n  - id: s\n    set: { x: "{% ${'1 + '.repeat(8_000)}1 %}" }`, ['SW1301']],
  [
    'an expression of white space',
    `steps:\n  - id: s\n    set: { x: "{%${' '.repeat(500_000)}" }`,
    ['SW1305', 'SW1514'],
  ],
  [
    'a pattern that backtracks',
    'steps:\n  - id: s\n    set: { x: "{% $match(\'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\', /^(a+)+$/) %}" }',
    [],
  ],
];

describe.each(HOSTILE)('%s', (_, fields, codes) => {
  test('are told of in seconds', () => {
    const started = performance.now();
    const diagnostics = validate(HEAD + fields);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(codesOf(diagnostics).toSorted()).toEqual(codes);
    expect(diagnostics.length).toBeLessThanOrEqual(500);
  });
});

test('arguments are not matched against a pattern for ever', () => {
  const command = `stepwright: 1\ncommand: c\nparameters: { properties: { x: { pattern: '^(a+)+$' } } }`;
  const workflow = `${HEAD}steps:\n  - { id: s, command: c, device: d, with: { x: ${'a'.repeat(50)}! } }`;
  const started = performance.now();
  const diagnostics = validateProject({
    folder: '.',
    file: undefined,
    neighbours: [],
    documents: [],
    workflows: [Source.parse('w.yaml', workflow)],
    commands: [Source.parse('c.yaml', command)],
  });
  expect(codesOf(diagnostics)).toEqual(['SW1405']);
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('a catalogue is not misled by names that JavaScript knows', () => {
  const workflow = `${HEAD}steps:\n  - { id: constructor, set: { toString: 1 } }\n  - { id: s, command: valueOf, device: d, with: { x: "{% $constructor.valueOf & $input.hasOwnProperty %}" } }`;
  const command = 'stepwright: 1\ncommand: c';
  expect(readCommand(Source.parse('c.yaml', command)).diagnostics).toEqual([]);
  const diagnostics = validateProject({
    folder: '.',
    file: undefined,
    neighbours: [],
    documents: [],
    workflows: [Source.parse('w.yaml', workflow)],
    commands: [Source.parse('c.yaml', command)],
  });
  expect(codesOf(diagnostics)).toEqual(['SW1401', 'SW1209']);
});
