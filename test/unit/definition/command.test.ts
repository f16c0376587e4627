import { expect, test } from 'vitest';
import { readCommand } from '#definition/command.ts';
import { Source } from '#definition/source.ts';

const read = (text: string) => readCommand(Source.parse('c.yaml', text));

test('a command is what its file says', () => {
  const { command, diagnostics } = read(`
stepwright: 1
command: firmware.install
description: Install.
parameters: { type: object }
result: { type: string }
timeout: 5m
idempotent: true
effect: pivot
`);
  expect(diagnostics).toEqual([]);
  expect(command).toEqual({
    name: 'firmware.install',
    description: 'Install.',
    parameters: { type: 'object' },
    result: { type: 'string' },
    timeoutMs: 300_000,
    idempotent: true,
    effect: 'pivot',
  });
});

test('a command that says no more can be undone, and is not to be repeated', () => {
  const { command } = read('{ stepwright: 1, command: lamp.set }');
  expect(command).toMatchObject({ effect: 'reversible', idempotent: false, timeoutMs: undefined });
});

test.each([
  ['no YAML', '[', 'SW1001'],
  ['no name', 'stepwright: 1', 'SW1102'],
  ['no good name', '{ stepwright: 1, command: Lamp Set }', 'SW1103'],
  ['an unknown effect', '{ stepwright: 1, command: a, effect: big }', 'SW1103'],
  ['an unknown key', '{ stepwright: 1, command: a, efect: none }', 'SW1101'],
])('a file with %s gives no command', (_, text, code) => {
  const { command, diagnostics } = read(text);
  expect(command).toBeUndefined();
  expect(diagnostics.map((each) => each.code)).toEqual([code]);
});
