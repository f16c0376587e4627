import { expect, test } from 'vitest';
import { comparableEvents } from './comparable-events.ts';
import { compareRun, type Depth } from './compare.ts';
import { IsolatedReproducer } from './isolated.ts';
import type { RecordedCase } from './recorded-case.ts';
import { reproduce } from './reproduce.ts';

const EVENTS = [
  { type: 'ExecutionStarted', name: null },
  { type: 'PassStateEntered', name: 'double' },
  { type: 'PassStateExited', name: 'double' },
  { type: 'ExecutionSucceeded', name: null },
];

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
  events: EVENTS,
};
function definitionOf(states: RecordedCase['definition']): RecordedCase['definition'] {
  return { QueryLanguage: 'JSONata', StartAt: 'a', States: states };
}

async function differencesOf(change: Partial<RecordedCase>, depth: Depth = 'events'): Promise<unknown> {
  const recorded = { ...RECORDED, ...change };
  return compareRun(recorded, await reproduce(recorded), depth);
}

test('a run that is as it was recorded has no differences', async () => {
  expect(await differencesOf({})).toEqual([]);
});

test('every field that differs is told, and the first event that does', async () => {
  const events = EVENTS.with(1, { type: 'PassStateEntered', name: 'twice' });
  expect(await differencesOf({ output: 5, cause: 'none', events })).toEqual([
    { field: 'cause', expected: 'none', actual: null },
    { field: 'output', expected: 5, actual: 4 },
    { field: 'events[1]', expected: 'PassStateEntered twice', actual: 'PassStateEntered double' },
  ]);
});

test('the same events in another order are told as such', async () => {
  expect(await differencesOf({ events: EVENTS.toReversed() })).toMatchObject([
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
  expect(await differencesOf({ definition, status: 'REFUSED', cause: 'no end' }, 'details')).toMatchObject([
    { field: 'cause', expected: 'no end', actual: reason },
  ]);
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

test('what events hold is compared where it was recorded, and only on demand', async () => {
  const history = [
    {
      type: 'ExecutionStarted',
      previousEventId: 0,
      executionStartedEventDetails: { input: 2, roleArn: 'role' },
    },
    { type: 'PassStateEntered', previousEventId: 7, stateEnteredEventDetails: { name: 'double', input: 3 } },
    { type: 'Other', previousEventId: 9 },
    { type: 'ExecutionSucceeded', previousEventId: 9 },
  ];
  expect(await differencesOf({ history })).toEqual([]);
  expect(await differencesOf({ history }, 'details')).toEqual([
    { field: 'events[1] PassStateEntered.previousEventId', expected: 7, actual: expect.any(Number) },
    { field: 'events[1] PassStateEntered.input', expected: 3, actual: 2 },
  ]);
});

test('a recording without a history is compared without one', async () => {
  const { events: _events, ...recorded } = RECORDED;
  expect(compareRun(recorded, await reproduce(recorded))).toEqual([]);
});

test('the order of events in a Parallel says nothing, and all other order counts', () => {
  const named = (...texts: string[]) =>
    texts.map((text) => ({ type: text.split(' ')[0] ?? '', name: text.split(' ')[1] ?? null }));
  const run = (...within: string[]) =>
    named(
      'PassStateEntered a',
      'ParallelStateEntered p',
      ...within,
      'ParallelStateExited p',
      'PassStateEntered b',
    );
  const same = (recorded: string[], reproduced: string[]): boolean => {
    const { expected, actual } = comparableEvents(run(...recorded), run(...reproduced));
    return expected.join() === actual.join();
  };
  const left = ['ParallelStateStarted', 'PassStateEntered l', 'PassStateEntered r'];
  const right = ['ParallelStateStarted', 'PassStateEntered r', 'PassStateEntered l'];
  expect(same(left, right)).toBe(true);
  expect(same(left, [...right, 'ParallelStateSucceeded'])).toBe(true);
  expect(same([...left, 'ParallelStateFailed'], [...right, 'ParallelStateSucceeded'])).toBe(false);
  expect(same(left, right.slice(1))).toBe(false);
  const after = comparableEvents(run(...left), run(...left).toReversed());
  expect(after.expected).not.toEqual(after.actual);
});
