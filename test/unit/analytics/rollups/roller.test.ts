import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Roller } from '#analytics/rollups/roller.ts';
import { noteRollupCursor } from '#analytics/rollups/rollup-store.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import type { EventFeed } from '#monitoring/feed/feed.ts';
import { MemoryTable } from '#support/memory-table.ts';
import { randomEvents } from '#support/rollup-events.ts';
import { figuresKept, figuresOf, listFeed } from '#support/rollup-feed.ts';
import { type Condition, ConditionFailed, type Item, type Table } from '#table/table.ts';

/** A table that fails after so many writes, once. */
class FailingTable extends MemoryTable {
  left = Number.POSITIVE_INFINITY;

  override async put(item: Item, condition?: Condition): Promise<void> {
    if (this.left-- === 0) throw new Error('the process dies here');
    await super.put(item, condition);
  }
}

function rollerOver(events: readonly MonitoringEvent[], table: Table): Roller {
  return new Roller({
    ...{ feed: listFeed(events), table, clock: new VirtualClock(Date.UTC(2027, 2, 2)) },
    beginning: () => '000000',
  });
}

test('each event counts once, whatever comes twice, late, or is broken off anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomEvents({ workflows: 5 }).chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.array(fc.nat({ max: Math.max(0, events.length - 1) }), { maxLength: 40 }),
          fc.array(fc.record({ most: fc.integer({ min: 1, max: 300 }), writes: fc.nat({ max: 60 }) }), {
            maxLength: 8,
          }),
        ),
      ),
      async ([events, again, lives]) => {
        const told = [...events, ...again.flatMap((at) => events[at] ?? [])];
        const table = new FailingTable();
        for (const { most, writes } of lives) {
          table.left = writes;
          await rollerOver(told, table)
            .rollOn(most)
            .catch(() => undefined);
        }
        table.left = Number.POSITIVE_INFINITY;
        const roller = rollerOver(told, table);
        while ((await roller.rollOn(100)).more);
        expect(await figuresKept(table)).toEqual(figuresOf(events));
        const before = await figuresKept(table);
        expect(await roller.rollOn(100)).toEqual({ events: 0, more: false });
        expect(await figuresKept(table)).toEqual(before);
      },
    ),
    { numRuns: 15 },
  );
});

test('two that count at once count nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(randomEvents({ workflows: 3 }), async (events) => {
      const table = new MemoryTable();
      const [one, other] = [rollerOver(events, table), rollerOver(events, table)];
      for (let more = true; more; ) {
        const rolled = await Promise.all([one.rollOn(50), other.rollOn(80)]);
        more = rolled.some((each) => each.more);
      }
      expect(await figuresKept(table)).toEqual(figuresOf(events));
    }),
    { numRuns: 10 },
  );
});

test('that events were missed is known', async () => {
  const table = new MemoryTable();
  const clock = new VirtualClock(1_000);
  const feed = (gap: boolean, cursor: string) => ({
    read: async () => ({ entries: [], cursor, more: false, gap }),
  });
  const roll = (gap: boolean, cursor: string) =>
    new Roller({ feed: feed(gap, cursor), table, clock, beginning: () => '0' }).rollOn(10);
  await roll(true, '1');
  expect(await rollerOver([], table).cursor).toEqual({ cursor: '1', at: 1_000 });
  await roll(true, '2');
  await roll(false, '3');
  expect(await rollerOver([], table).cursor).toEqual({ cursor: '3', at: 1_000, gapAt: 1_000 });
});

test('how far it has come is told by the last event while there is more, and as late as the feed is read', async () => {
  const [first, second] = ['2027-03-01T00:00:00.000Z', '2027-03-01T06:00:00.000Z'];
  const events = [first, second].map(
    (at): MonitoringEvent => ({ v: 1, id: at, at, kind: 'execution.started', execution: at, data: {} }),
  );
  const table = new MemoryTable();
  const clock = new VirtualClock(Date.UTC(2027, 2, 2));
  const { read } = listFeed(events);
  const feed: EventFeed = { read: (query) => read({ ...query, limit: 1 }) };
  const roller = new Roller({ feed, table, clock, lateMs: 30_000, beginning: () => '000000' });
  const rolled = async (): Promise<string> => {
    await roller.rollOn(1);
    return new Date((await roller.cursor)?.at ?? 0).toISOString();
  };
  expect(await rolled()).toBe(first);
  expect(await rolled()).toBe('2027-03-01T23:59:30.000Z');
  await clock.advance(90_000);
  expect(await rolled()).toBe('2027-03-02T00:01:00.000Z');
});

test('figures go up to now also where nothing comes, as far as a minute is worth a note', async () => {
  const table = new MemoryTable();
  const clock = new VirtualClock(1_000);
  const feed = listFeed([]);
  const roller = new Roller({ feed, table, clock, beginning: () => '000000' });
  expect([await roller.rollOn(10), await roller.cursor]).toEqual([{ events: 0, more: false }, undefined]);
  await noteRollupCursor(table, { cursor: '000000', at: 1_000 }, undefined);
  for (const [afterMs, at] of [
    [59_999, 1_000],
    [1, 61_000],
  ] as const) {
    await clock.advance(afterMs);
    await roller.rollOn(10);
    expect(await roller.cursor).toEqual({ cursor: '000000', at });
  }
});

test('a group that another keeps at the same moment is left to it, and counted on later', async () => {
  const events = fc.sample(randomEvents({ workflows: 2 }), { numRuns: 1, seed: 7 })[0] ?? [];
  let isQuicker = true;
  /** Somebody else counts the same between reading and keeping. */
  class Contended extends MemoryTable {
    override async put(item: Item, condition?: Condition): Promise<void> {
      if (isQuicker && item.pk.startsWith('ROLLUP#')) {
        isQuicker = false;
        throw new ConditionFailed(0, undefined);
      }
      await super.put(item, condition);
    }
  }
  const table = new Contended();
  const roller = rollerOver(events, table);
  expect(await roller.rollOn(10_000)).toEqual({ events: 0, more: true });
  while ((await roller.rollOn(10_000)).more);
  expect(await figuresKept(table)).toEqual(figuresOf(events));
});

test('a table that fails is told of, and nothing is noted', async () => {
  const table = new FailingTable();
  table.left = 0;
  await expect(noteRollupCursor(table, { cursor: '1', at: 1 }, undefined)).rejects.toThrow('dies here');
  expect(await rollerOver([], table).cursor).toBeUndefined();
});
