import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { createRollUp } from '#functions/roll-up/roll-up.ts';
import { beginningOfFeed, TableFeed } from '#monitoring/feed/table-feed.ts';
import { MemoryTable } from '#support/memory-table.ts';
import { randomEvents } from '#support/rollup-events.ts';
import { figuresKept, figuresOf, listFeed } from '#support/rollup-feed.ts';
import { World } from '#support/world.ts';

test('what the feed of the table keeps is counted once, however its writers tell it, and when they do', async () => {
  using world = await World.create();
  await fc.assert(
    fc.asyncProperty(
      randomEvents({ workflows: 4 }),
      fc.array(
        fc.record({ from: fc.nat({ max: 100 }), many: fc.nat({ max: 60 }), waitMs: fc.nat({ max: 90_000 }) }),
        {
          maxLength: 6,
        },
      ),
      async (events, tellings) => {
        const clock = new VirtualClock(Date.UTC(2027, 2, 3));
        const table = new MemoryTable();
        const random = seededRandom(5);
        const writer = new TableFeed({ table, clock, random });
        const feed = new TableFeed({ table, clock, random }, 30_000);
        const rollUp = createRollUp(
          { table, engine: world.ports.engine, feed, clock, beginning: () => beginningOfFeed(clock.now()) },
          60_000,
        );
        for (const { from, many, waitMs } of tellings) {
          await writer.write(events.slice(from, from + many));
          await clock.advance(waitMs);
          await rollUp();
        }
        await writer.write(events);
        await clock.advance(60_000);
        await rollUp();
        expect(await figuresKept(table)).toEqual(figuresOf(events));
      },
    ),
    { numRuns: 10 },
  );
});

test('when the time is up, a call ends after the piece it is at, and the next goes on', async () => {
  using world = await World.create();
  const [one] = fc.sample(
    randomEvents({ workflows: 1 }).filter((events) => events.length > 0),
    { numRuns: 1, seed: 3 },
  );
  const [event] = one ?? [];
  if (event === undefined) throw new Error('there is an event');
  const events = Array.from({ length: 4_500 }, (_, at) => ({
    ...event,
    kind: 'step.succeeded' as const,
    id: `e${at}`,
  }));
  const clock = new VirtualClock(Date.UTC(2027, 2, 3));
  const ports = { table: new MemoryTable(), engine: world.ports.engine, feed: listFeed(events), clock };
  const rollUp = (mostMs: number) => createRollUp({ ...ports, beginning: () => '000000' }, mostMs)();
  expect(await rollUp(0)).toEqual({ events: 2_000, more: true });
  expect(await rollUp(1_000)).toEqual({ events: 2_500, more: false });
});
