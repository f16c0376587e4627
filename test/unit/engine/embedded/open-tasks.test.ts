import { expect, test } from 'vitest';
import type { JournalEvent } from '#engine/embedded/journal-store.ts';
import { openTasks } from '#engine/embedded/open-tasks.ts';
import { WaitingTasks } from '#engine/embedded/waiting-tasks.ts';

/** A journal of `type thread` in the order of their ids; a task is scheduled after the event before it. */
function journal(...lines: readonly (readonly [JournalEvent['type'], string?])[]): JournalEvent[] {
  return lines.map(([type, thread = ''], index) => ({
    ...{ id: index + 1, previousEventId: index, type, thread, timestamp: 0, details: {} },
  }));
}

function openIn(events: readonly JournalEvent[]): readonly number[] {
  return openTasks(events, []);
}

test('a task is open from its schedule to its end', () => {
  const begun = [['TaskStateEntered'], ['TaskScheduled'], ['TaskStarted'], ['TaskSubmitted']] as const;
  expect(openIn(journal(...begun))).toEqual([1]);
  expect(openIn(journal(...begun, ['TaskFailed']))).toEqual([]);
  expect(openIn(journal(...begun, ['TaskFailed'], ['TaskScheduled']))).toEqual([5]);
});

test('a task of an activity is open until its worker has answered, or it has timed out', () => {
  const begun = [['TaskStateEntered'], ['ActivityScheduled'], ['ActivityStarted']] as const;
  expect(openIn(journal(...begun))).toEqual([1]);
  expect(openIn(journal(...begun, ['ActivitySucceeded']))).toEqual([]);
  expect(openIn(journal(...begun, ['ActivityTimedOut']))).toEqual([]);
});

test('tasks of branches are open each for itself, until their Parallel has done with them', () => {
  const branches = [
    ['ParallelStateStarted'],
    ['TaskStateEntered', '/1.0'],
    ['TaskScheduled', '/1.0'],
    ['TaskStateEntered', '/1.1'],
    ['TaskScheduled', '/1.1'],
  ] as const;
  expect(openIn(journal(...branches))).toEqual([2, 4]);
  expect(openIn(journal(...branches, ['TaskFailed', '/1.1']))).toEqual([2]);
  expect(openIn(journal(...branches, ['TaskFailed', '/1.1'], ['ParallelStateFailed']))).toEqual([]);
});

test('a branch inside a branch that is done with is done with, too', () => {
  const nested = [
    ['ParallelStateStarted'],
    ['MapStateStarted', '/1.0'],
    ['TaskScheduled', '/1.0/2.0'],
  ] as const;
  expect(openIn(journal(...nested))).toEqual([2]);
  expect(openIn(journal(...nested, ['ParallelStateFailed']))).toEqual([]);
});

test('an answer to a task that is expected waits until it is registered', async () => {
  const tasks = new WaitingTasks();
  tasks.expect(['token']);
  const answered = tasks.answer('token', { kind: 'succeeded', output: 1 });
  const beaten = tasks.heartbeat('token');
  let beats = 0;
  tasks.register('token', {
    answer: async ({ kind }) => (kind === 'succeeded' ? 'accepted' : 'gone'),
    heartbeat: () => {
      beats++;
    },
  });
  expect([await answered, await beaten, beats]).toEqual(['accepted', 'accepted', 1]);
});

test('an answer to a task that is forgotten, or was never known, finds it gone', async () => {
  const tasks = new WaitingTasks();
  tasks.expect(['token']);
  const answered = tasks.answer('token', { kind: 'succeeded', output: 1 });
  tasks.forget(['token']);
  expect([await answered, await tasks.heartbeat('other')]).toEqual(['gone', 'gone']);
});
