import { expect, test } from 'vitest';
import { didYouMean, suggest } from '#definition/suggest.ts';

const NAMES = ['targets', 'rollout', 'check', 'at', 'firmware.install'];

test.each([
  ['tagets', 'targets'],
  ['tragets', 'targets'],
  ['Check', 'check'],
  ['rolout', 'rollout'],
  ['firmware.instal', 'firmware.install'],
  ['ta', 'at'],
  ['zebra', undefined],
  ['x', undefined],
  ['', undefined],
])('for "%s" it is %s', (word, found) => {
  expect(suggest(word, NAMES)).toBe(found);
});

test('the nearest is taken, and of equally near ones the first', () => {
  expect(suggest('stepp', ['stop', 'steps', 'step', 'stepx'])).toBe('steps');
});

test('a hint is there only when something is near', () => {
  expect(didYouMean('chek', NAMES)).toEqual({ hint: 'did you mean "check"?' });
  expect(didYouMean('zebra', NAMES)).toEqual({});
});
