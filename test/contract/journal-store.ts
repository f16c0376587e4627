import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEvent, JournalStore } from '#engine/embedded/journal-store.ts';

/** A place that stores are opened on, again and again. */
export interface StorePlace {
  /** Opens the store, as a new process does. */
  open(): JournalStore;
  /** Ends the process of the store at once: what is in the open group is lost. */
  crash(): void;
  /** Makes the next group, or a row of it, fail. */
  fail(): void;
  close(): void;
}

const REF = { machine: 'm', name: 'one' };
const INPUT = { text: 'ü', n: 1 };

function event(id: number, thread = ''): JournalEvent {
  return {
    id,
    previousEventId: id - 1,
    type: 'PassStateEntered',
    timestamp: 5,
    thread,
    details: { name: `s${id}` },
  };
}

/** What every journal store promises. */
export function describeJournalStore(name: string, makePlace: () => StorePlace): void {
  describe(`the journal store: ${name}`, () => {
    let place: StorePlace;
    let store: JournalStore;
    beforeEach(() => {
      place = makePlace();
      store = place.open();
    });
    afterEach(() => place.close());

    function start(): Promise<number> {
      return store.commit(() => store.add(REF, INPUT, 7));
    }

    test('an execution is found as it was added, by its machine and name', async () => {
      const id = await start();
      expect(store.find(REF)).toEqual({
        id,
        ref: REF,
        status: 'RUNNING',
        input: INPUT,
        startedAt: 7,
        notified: false,
      });
      expect(store.find({ ...REF, name: 'other' })).toBeUndefined();
    });

    test('what was committed is there after a crash', async () => {
      const id = await start();
      await store.commit(() => store.append(id, [event(1), event(2)]));
      await store.addMachine('m', { StartAt: 'a' });
      const secret = store.secret();
      place.crash();
      store = place.open();
      expect(store.find(REF)).toMatchObject({ id, input: INPUT });
      expect(store.read(id, 1, 10)).toEqual([event(1), event(2)]);
      expect(store.machine('m')).toEqual({ StartAt: 'a' });
      expect(store.secret()).toEqual(secret);
    });

    test('what was written is read at once, and lost with the group', async () => {
      await start();
      void store.commit(() => store.add({ ...REF, name: 'two' }, {}, 8));
      expect(store.find({ ...REF, name: 'two' })).toMatchObject({ startedAt: 8 });
      place.crash();
      store = place.open();
      expect(store.find({ ...REF, name: 'two' })).toBeUndefined();
      expect(store.find(REF)).toBeDefined();
    });

    test('a group that fails is told to all who wait for it, and nothing is taken after it', async () => {
      const id = await start();
      place.fail();
      const first = store.commit(() => store.append(id, [event(1)]));
      const second = store.commit(() => store.append(id, [event(2)]));
      const waiting = store.durable();
      const outcomes = await Promise.allSettled([first, second, waiting]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      await store.failed;
      expect(store.read(id, 1, 10), 'what was rolled back is read no more').toEqual([]);
      await expect(store.commit(() => store.append(id, [event(3)]))).rejects.toThrow();
      await expect(store.durable()).rejects.toThrow();
      place.crash();
      store = place.open();
      expect(store.read(id, 1, 10)).toEqual([]);
      await store.commit(() => store.append(id, [event(1, 'x')]));
      expect(store.read(id, 1, 10)).toEqual([event(1, 'x')]);
    });

    test('what work throws rejects its commit, and leaves the others alone', async () => {
      const id = await start();
      const good = store.commit(() => store.append(id, [event(1)]));
      await expect(
        store.commit(() => {
          throw new Error('decided against it');
        }),
      ).rejects.toThrow('decided against it');
      await good;
      expect(store.read(id, 1, 10)).toEqual([event(1)]);
    });

    test('events are read from any place on, also from within what was appended together', async () => {
      const id = await start();
      await store.commit(() => store.append(id, [event(1), event(2), event(3)]));
      await store.commit(() => store.append(id, [event(4)]));
      expect(store.read(id, 3, 10).map((each) => each.id)).toEqual([3, 4]);
      expect(store.read(id, 2, 1)[0]?.id).toBe(2);
      expect(store.read(id, 5, 10)).toEqual([]);
      expect(store.read(id + 1, 1, 10)).toEqual([]);
    });

    test('an execution is unsettled until its end has been told', async () => {
      const id = await start();
      const other = await store.commit(() => store.add({ ...REF, name: 'two' }, null, 8));
      expect(store.unsettled(() => {}).map((each) => each.id)).toEqual([id, other]);
      await store.commit(() => store.end(id, { status: 'FAILED', error: 'E', cause: 'C', endedAt: 9 }));
      expect(store.unsettled(() => {})[0]).toMatchObject({
        id,
        status: 'FAILED',
        error: 'E',
        cause: 'C',
        endedAt: 9,
      });
      await store.markNotified(id);
      expect(store.unsettled(() => {}).map((each) => each.id)).toEqual([other]);
      expect(store.find(REF)).toMatchObject({ notified: true });
    });

    test('an output of null is an output', async () => {
      const id = await start();
      await store.commit(() => store.end(id, { status: 'SUCCEEDED', output: null, endedAt: 9 }));
      expect(store.find(REF)).toHaveProperty('output', null);
    });
  });
}
