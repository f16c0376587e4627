import { expect, test } from 'vitest';
import { compareRun } from './compare.ts';
import { IsolatedReproducer } from './isolated.ts';
import type { RecordedCase } from './recorded-case.ts';
import { reproduce } from './reproduce.ts';

const RECORDED: RecordedCase = {
  name: 'pass.double',
  source: 'here',
  definition: {
    QueryLanguage: 'JSONata',
    StartAt: 'double',
    States: { double: { Type: 'Pass', Output: '{% $states.input * 2 %}', End: true } },
  },
  input: 2,
  status: 'SUCCEEDED',
  output: 4,
  error: null,
  cause: null,
  events: [
    { type: 'ExecutionStarted', name: null },
    { type: 'PassStateEntered', name: 'double' },
    { type: 'PassStateExited', name: 'double' },
    { type: 'ExecutionSucceeded', name: null },
  ],
};

function definitionOf(states: RecordedCase['definition']): RecordedCase['definition'] {
  return { QueryLanguage: 'JSONata', StartAt: 'a', States: states };
}

async function differencesOf(change: Partial<RecordedCase>): Promise<unknown> {
  const recorded = { ...RECORDED, ...change };
  return compareRun(recorded, await reproduce(recorded));
}

test('a run that is as it was recorded has no differences', async () => {
  expect(await differencesOf({})).toEqual([]);
});

test('every field that differs is told, and the first event that does', async () => {
  const events = RECORDED.events.with(1, { type: 'PassStateEntered', name: 'twice' });
  expect(await differencesOf({ output: 5, cause: 'none', events })).toEqual([
    { field: 'cause', expected: 'none', actual: null },
    { field: 'output', expected: 5, actual: 4 },
    { field: 'events[1]', expected: 'PassStateEntered twice', actual: 'PassStateEntered double' },
  ]);
});

test('the same events in another order are told as such', async () => {
  expect(await differencesOf({ events: RECORDED.events.toReversed() })).toMatchObject([
    { field: 'events[0]', note: 'the same events in another order' },
  ]);
});

test('a definition that is refused is a difference, unless that was recorded', async () => {
  const definition = definitionOf({ a: { Type: 'Pass', Next: 'nowhere' } });
  const reason = expect.stringContaining('nowhere');
  expect(await differencesOf({ definition })).toEqual([
    { field: 'definition', expected: 'SUCCEEDED', actual: reason },
  ]);
  expect(await differencesOf({ definition, status: 'REFUSED', cause: 'no end' })).toEqual([]);
  expect(await differencesOf({ status: 'REFUSED', cause: 'no end' })).toMatchObject([
    { field: 'definition', expected: 'no end' },
  ]);
});

test('a case that hangs is broken after its time, and the next one is reproduced', async () => {
  using reproducer = new IsolatedReproducer(3_000);
  const slow = { Type: 'Pass', Output: '{% ($f := function($n) { $f($n + 1) }; $f(0)) %}', End: true };
  const endless = definitionOf({
    a: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'slow', States: { slow } }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'a' }],
      End: true,
    },
  });
  expect(await reproducer.reproduce({ ...RECORDED, definition: endless })).toEqual({
    kind: 'broken',
    reason: 'no end within 3000 ms',
  });
  expect(await reproducer.reproduce(RECORDED)).toMatchObject({ kind: 'ended', run: { output: 4 } });
});
