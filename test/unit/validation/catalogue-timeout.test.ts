import { expect, test } from 'vitest';
import { allSteps } from '#definition/nested-lists.ts';
import { Source } from '#definition/source.ts';
import { readProject } from '#validation/read-project.ts';

const CATALOGUE = ['slow: 5m', 'quick: 2s', 'plain:'].map((line) => {
  const [name = '', timeout = ''] = line.split(':');
  const text = `stepwright: 1\ncommand: ${name}\n${timeout === '' ? '' : `timeout: ${timeout.trim()}\n`}`;
  return Source.parse(`commands/${name}.yaml`, text);
});

/** Timeouts of the one step's command and of its undo, in seconds. */
function timeouts(step: string, defaults = ''): (number | undefined)[] {
  const text = `stepwright: 1\nname: w\nversion: 1.0.0\n${defaults}steps:\n  - { id: a, device: d, ${step} }\n`;
  const { workflows } = readProject({
    folder: '',
    file: undefined,
    neighbours: [],
    documents: [],
    workflows: [Source.parse('w.yaml', text)],
    commands: CATALOGUE,
  });
  const steps = [...allSteps(workflows[0]?.workflow.steps ?? [])];
  return steps.flatMap((one) =>
    one.kind === 'command' ? [one.timeoutMs / 1_000, one.compensate && one.compensate.timeoutMs / 1_000] : [],
  );
}

test.each([
  ['command: slow, timeout: 7s', '', [7, undefined]],
  ['command: slow', 'defaults: { timeout: 9s }\n', [9, undefined]],
  ['command: slow', '', [300, undefined]],
  ['command: plain', '', [60, undefined]],
  ['command: slow, compensate: { command: quick, timeout: 3s }', '', [300, 3]],
  ['command: slow, compensate: { command: quick }', '', [300, 2]],
  ['command: slow, compensate: { command: plain }', '', [300, 300]],
])('{ %s } under %j waits %j seconds', (step, defaults, expected) => {
  expect(timeouts(step, defaults)).toEqual(expected);
});
