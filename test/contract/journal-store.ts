import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEvent, JournalStore } from '#engine/embedded/journal-store.ts';
import type { MapRunState } from '#engine/embedded/map-run-store.ts';

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
const RUN: MapRunState = {
  ...{ status: 'RUNNING', startedAt: 7, items: 4, redriveCount: 0 },
  bounds: { maxConcurrency: 2, toleratedFailurePercentage: 12.5 },
};
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

    test('late work writes what has come up until the group ends, and becomes durable with it', async () => {
      const id = await start();
      const events = [event(1)];
      const late = store.commitLate(() => store.append(id, events));
      const early = store.commit(() => store.add({ ...REF, name: 'two' }, {}, 8));
      expect(store.read(id, 1, 10)).toEqual([]);
      events.push(event(2));
      await Promise.all([late, early]);
      place.crash();
      store = place.open();
      expect(store.read(id, 1, 10)).toEqual([event(1), event(2)]);
      expect(store.find({ ...REF, name: 'two' })).toBeDefined();
    });

    test('a group whose late work fails is told to all who wait for it', async () => {
      const id = await start();
      place.fail();
      const early = store.commit(() => store.add({ ...REF, name: 'two' }, {}, 8));
      const late = store.commitLate(() => store.append(id, [event(1)]));
      const outcomes = await Promise.allSettled([early, late]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await expect(store.commitLate(() => {})).rejects.toThrow();
      place.crash();
      store = place.open();
      expect(store.read(id, 1, 10)).toEqual([]);
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

    test('a Map Run is found by its name and its place, as it was written last', async () => {
      const id = await start();
      const place = { execution: id, event: 3 };
      const first = await store.commit(() => store.mapRuns.add(place, 'm/each:a', RUN));
      const second = await store.commit(() => store.mapRuns.add({ ...place, event: 9 }, 'm/each:b', RUN));
      await store.commit(() => store.mapRuns.change(first, { ...RUN, status: 'FAILED', endedAt: 8 }));
      const written = { ...RUN, status: 'FAILED', endedAt: 8, id: first, name: 'm/each:a', parent: REF };
      expect(store.mapRuns.find('m/each:a')).toEqual(written);
      expect(store.mapRuns.at(place)).toEqual(written);
      expect(store.mapRuns.find('m/each:c')).toBeUndefined();
      expect(store.mapRuns.at({ ...place, event: 4 })).toBeUndefined();
      const named = (before: number, limit: number): string[] =>
        store.mapRuns.list(id, before, limit).map((run) => run.name);
      expect(named(Number.MAX_SAFE_INTEGER, 10)).toEqual(['m/each:b', 'm/each:a']);
      expect(named(Number.MAX_SAFE_INTEGER, 1)).toEqual(['m/each:b']);
      expect(named(second, 10)).toEqual(['m/each:a']);
    });

    test('the children of a Map Run are counted by how they stand, and each knows its run', async () => {
      const id = await start();
      const run = await store.commit(() => store.mapRuns.add({ execution: id, event: 3 }, 'm/each:a', RUN));
      const [one, two, three] = await store.commit(() =>
        ['1', '2', '3'].map((name) => {
          const execution = store.add({ machine: 'm/each', name }, null, 8);
          store.mapRuns.putChild(run, { execution, items: 2, round: 0 });
          return execution;
        }),
      );
      await store.commit(() => {
        store.end(one ?? 0, { status: 'FAILED', endedAt: 9 });
        store.end(two ?? 0, { status: 'SUCCEEDED', output: null, endedAt: 9 });
        store.mapRuns.putChild(run, { execution: three ?? 0, items: 2, round: 1 });
      });
      const totals = new Map<string, number>();
      for (const { status, round, items, executions } of store.mapRuns.tally(run)) {
        const key = `${status} ${round}`;
        totals.set(key, (totals.get(key) ?? 0) + items * 10 + executions);
      }
      expect(Object.fromEntries(totals)).toEqual({ 'FAILED 0': 21, 'SUCCEEDED 0': 21, 'RUNNING 1': 21 });
      expect(store.mapRuns.child(run, three ?? 0)).toEqual({ execution: three, items: 2, round: 1 });
      expect(store.mapRuns.child(run + 1, three ?? 0)).toBeUndefined();
      expect(store.mapRuns.ofChild(one ?? 0)).toMatchObject({ run: { id: run }, child: { items: 2 } });
      expect(store.mapRuns.ofChild(id)).toBeUndefined();
      const named = (query: { most: number; status?: 'FAILED' }): readonly string[] =>
        store.mapRuns.children(run, query).map(({ ref }) => ref.name);
      expect(named({ most: 2 })).toEqual(['3', '2']);
      expect(named({ most: 9, status: 'FAILED' })).toEqual(['1']);
      expect(store.mapRuns.children(run, { most: 9, status: 'FAILED' })).toEqual([
        { ref: { machine: 'm/each', name: '1' }, status: 'FAILED', startedAt: 8, endedAt: 9 },
      ]);
    });

    test('a redrive keeps where each child execution goes on', async () => {
      const id = await start();
      const children = [{ ref: { machine: 'm/each', name: '1' }, rewindTo: [4] }];
      await store.commit(() => {
        store.control.redrive(id, { event: 9, at: 1, rewindTo: [2], children }, REF.machine);
        store.control.redrive(id, { event: 12, at: 2, rewindTo: [3] }, REF.machine);
      });
      expect(store.control.read(id).redrives).toEqual([
        { event: 9, at: 1, rewindTo: [2], children },
        { event: 12, at: 2, rewindTo: [3] },
      ]);
    });

    test('an output of null is an output', async () => {
      const id = await start();
      await store.commit(() => store.end(id, { status: 'SUCCEEDED', output: null, endedAt: 9 }));
      expect(store.find(REF)).toHaveProperty('output', null);
    });
  });
}
