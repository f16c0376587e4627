import { beforeAll, expect, test } from 'vitest';
import type { Expectation } from '#definition/rehearsal/test-file.ts';
import { type Rehearsal, rehearse } from '#rehearsal/rehearse.ts';
import { differencesOf } from '#rehearsal/tests/differences.ts';
import { SAGA, smallWorld } from './small-world.ts';

let run: Rehearsal;
beforeAll(async () => {
  run = await rehearse(
    smallWorld(SAGA, { injections: [{ fail: { step: 'check', error: 'Pump.Leaks' } }] }),
    1,
  );
});

const RIGHT: Expectation = {
  status: 'ROLLED_BACK',
  error: 'Pump.Leaks',
  path: ['way', 'check'],
  steps: { way: 'COMPENSATED', check: 'FAILED' },
  devices: { pump: { firmware: '1.0.0' }, gate: { open: false } },
  commands: { gate: ['open', 'shut'] },
  notifications: [],
};

test('what is as expected has no differences', () => {
  expect(differencesOf(run, RIGHT)).toEqual([]);
});

test.each<[string, Expectation, string, unknown]>([
  [
    'the status, which is SUCCEEDED where it is not said',
    { ...RIGHT, status: undefined },
    'status',
    'ROLLED_BACK',
  ],
  ['the error', { ...RIGHT, error: 'Other' }, 'error', 'Pump.Leaks'],
  ['the output', { ...RIGHT, output: { a: 1 } }, 'output', undefined],
  ['the order of steps', { ...RIGHT, path: ['check', 'way'] }, 'path.1', ['way', 'flash', 'check']],
  ['a step', { ...RIGHT, steps: { flash: 'SUCCEEDED' } }, 'steps.flash', 'COMPENSATED'],
  [
    'a field of a device',
    { ...RIGHT, devices: { pump: { firmware: '2.0.0' } } },
    'devices.pump.firmware',
    '1.0.0',
  ],
  ['a device that is not there', { ...RIGHT, devices: { pipe: {} } }, 'devices.pipe', undefined],
  ['commands', { ...RIGHT, commands: { gate: ['open'] } }, 'commands.gate', ['open', 'shut']],
  ['notifications', { ...RIGHT, notifications: ['a'] }, 'notifications', []],
])('%s is told where it differs', (_, expected, at, actual) => {
  const found = differencesOf(run, expected);
  expect(found.map((difference) => [difference.at.join('.'), difference.actual])).toEqual([[at, actual]]);
});

test('a promise that did not hold is a difference of its own', () => {
  const broken: Rehearsal = {
    ...run,
    violations: [{ promise: 'executed twice', text: 'pump did it twice' }],
  };
  expect(differencesOf(broken, RIGHT)).toMatchObject([{ at: [], note: 'executed twice: pump did it twice' }]);
});
