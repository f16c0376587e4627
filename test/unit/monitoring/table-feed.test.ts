import { beforeEach, expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { type MonitoringEvent, makeEvent } from '#monitoring/events/event.ts';
import { earlierCursor, TableFeed } from '#monitoring/feed/table-feed.ts';
import { MemoryTable } from '#support/memory-table.ts';

const ALL = { filter: {}, limit: 100 } as const;
const HOUR = 3_600_000;

let clock: VirtualClock;
let feed: TableFeed;
let count = 0;
beforeEach(() => {
  clock = new VirtualClock(Date.UTC(2026, 0, 1));
  feed = new TableFeed({ table: new MemoryTable(), clock, random: seededRandom(1) });
  count = 0;
});

function next(cause = ''): MonitoringEvent {
  count++;
  const subject = { device: `d${count % 2}` };
  const data = { pool: `p${cause}`, limit: count };
  return makeEvent({ kind: 'pool.limited', key: [count], at: clock.now(), subject, data });
}

/** Everything after a cursor, page by page. */
async function readOn(
  after: string,
  limit = 3,
): Promise<{ readonly limits: unknown[]; readonly cursor: string }> {
  const limits: unknown[] = [];
  for (let cursor = after; ; ) {
    const page = await feed.read({ after: cursor, filter: {}, limit });
    limits.push(...page.entries.map(({ event }) => event.data['limit']));
    cursor = page.cursor;
    if (!page.more) return { limits, cursor };
  }
}

test('who reads on from page to page misses nothing, gets nothing twice, over hours without events', async () => {
  const { cursor: start } = await feed.read(ALL);
  await feed.write([next(), next(), next(), next()]);
  await clock.advance(30 * HOUR);
  await feed.write([next(), next()]);
  await feed.write([next()]);
  await clock.advance(5_000);
  const first = await readOn(start);
  expect(first.limits).toEqual([1, 2, 3, 4, 5, 6, 7]);
  await feed.write([next()]);
  await clock.advance(5_000);
  expect((await readOn(first.cursor)).limits).toEqual([8]);
  expect((await feed.read({ filter: { devices: ['d0'] }, limit: 2 })).entries).toHaveLength(2);
});

test('what has just been written is not read before what may come before it', async () => {
  const { cursor: start } = await feed.read(ALL);
  await feed.write([next()]);
  await clock.advance(1_000);
  expect(await feed.read({ after: start, ...ALL })).toMatchObject({ entries: [], more: false });
  await clock.advance(1_000);
  expect((await feed.read({ after: start, ...ALL })).entries).toHaveLength(1);
});

test('each event is found by the cursor with which it was written', async () => {
  const written = await feed.write([next(), next(), next()]);
  await clock.advance(5_000);
  const [, second] = written;
  const after = await feed.read({ after: second?.cursor, ...ALL });
  expect(after.entries.map(({ event }) => event.data['limit'])).toEqual([3]);
  const earlier = await feed.read({ after: earlierCursor(second?.cursor ?? '', 5_000), ...ALL });
  expect(earlier.entries).toEqual(written);
});

test('many events at once are kept in items that are not too large', async () => {
  const written = await feed.write(Array.from({ length: 50 }, () => next('x'.repeat(20_000))));
  await clock.advance(5_000);
  expect(new Set(written.map(({ cursor }) => cursor.slice(0, 45))).size).toBe(4);
  expect((await feed.read(ALL)).entries).toEqual(written);
});

test('who was away longer than events are kept is told of the gap', async () => {
  const { cursor } = await feed.read(ALL);
  await clock.advance(8 * 24 * HOUR);
  expect(await feed.read({ after: cursor, ...ALL })).toMatchObject({ gap: true });
});

test.each(['', 'x', '000000000012', '1~2'])('%j is no cursor', async (after) => {
  await expect(feed.read({ after, ...ALL })).rejects.toMatchObject({ code: 'SW4003' });
});
