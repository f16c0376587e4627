import { expect, test } from 'vitest';
import type { JournalEvent } from '#engine/embedded/journal-store.ts';
import { ENGINE_SCHEMA, EngineStore } from '#engine/embedded/store.ts';
import { Database } from '#storage/database.ts';
import { migrate } from '#storage/schema.ts';

function event(id: number, name: string): JournalEvent {
  return {
    ...{ id, previousEventId: id - 1, type: 'PassStateEntered', timestamp: 5, thread: '' },
    details: { name },
  };
}

/** A file whose journal is sorted by execution, as before version 4, with what two executions wrote in turns. */
function olderFile(): Database {
  const database = new Database(':memory:');
  migrate(database.sqlite, { ...ENGINE_SCHEMA, steps: ENGINE_SCHEMA.steps.slice(0, 3) });
  const add = database.sqlite.prepare('INSERT INTO journal (execution, first, events) VALUES (?, ?, ?)');
  for (const [execution, first] of [
    [7, 1],
    [2, 1],
    [7, 3],
    [2, 3],
  ] as const) {
    const events = [event(first, `of ${execution}`), event(first + 1, `of ${execution}`)];
    add.run(execution, first, JSON.stringify(events));
  }
  return database;
}

test('a file of an older version keeps every event of every journal, in order', () => {
  const store = new EngineStore(olderFile());
  const journal = (execution: number, from: number): number[] =>
    store.read(execution, from, 100).map(({ id }) => id);
  expect([journal(7, 1), journal(2, 1), journal(7, 2), journal(2, 4)]).toEqual([
    [1, 2, 3, 4],
    [1, 2, 3, 4],
    [2, 3, 4],
    [4],
  ]);
  expect(store.read(2, 1, 1)[0]?.details).toEqual({ name: 'of 2' });
  expect(store.read(3, 1, 1)).toEqual([]);
});

test('a journal of an older version goes on, and takes no event twice', async () => {
  const store = new EngineStore(olderFile());
  await store.commit(() => store.append(7, [event(5, 'new')]));
  expect(store.read(7, 5, 10)).toEqual([event(5, 'new')]);
  await expect(store.commit(() => store.append(7, [event(5, 'again')]))).rejects.toThrow('UNIQUE');
});
