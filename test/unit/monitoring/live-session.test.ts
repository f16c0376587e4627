import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { makeEvent } from '#monitoring/events/event.ts';
import { cursorOf, EventLog, type LoggedEvent } from '#monitoring/feed/event-log.ts';
import { FeedTail } from '#monitoring/feed/feed-tail.ts';
import { LiveSession } from '#monitoring/live/live-session.ts';
import { CLOSED, LIVE_LIMITS, type ServerMessage, ServerMessageSchema } from '#monitoring/live/protocol.ts';
import { Database } from '#storage/database.ts';

const database = (): Database => new Database(':memory:');

/** A client that takes in what it is sent, until it is told to stop. */
class Client {
  readonly said: ServerMessage[] = [];
  readonly #held: (() => void)[] = [];
  closed: readonly [code: number, reason: string] | undefined;
  isStuck = false;

  readonly send = async (text: string): Promise<void> => {
    this.said.push(ServerMessageSchema.parse(JSON.parse(text)));
    if (this.isStuck) await new Promise<void>((resolve) => this.#held.push(resolve));
  };

  readonly close = (code: number, reason: string): void => {
    this.closed = [code, reason];
  };

  goOn(): void {
    this.isStuck = false;
    for (const resolve of this.#held.splice(0)) resolve();
  }

  /** Positions of the events that came by a subscription, in order. */
  positions(id = 'events'): readonly number[] {
    return this.said.flatMap((message) =>
      'events' in message && message.subscription === id
        ? message.events.map(({ cursor }) => Number(cursor))
        : [],
    );
  }

  errors(): readonly string[] {
    return this.said.flatMap((message) => ('error' in message ? [message.error.code] : []));
  }
}

let store: Database;
let log: EventLog;
let tail: FeedTail;
let clock: VirtualClock;
let client: Client;
let session: LiveSession;
beforeEach(() => {
  store = database();
  log = new EventLog(store);
  tail = new FeedTail();
  clock = new VirtualClock(Date.UTC(2026, 0, 1));
  client = new Client();
  session = new LiveSession({ log, tail, clock, socket: client });
});
afterEach(() => {
  session.close();
  store.close();
});

let revision = 0;
async function happen(count: number, pool = 'p'): Promise<void> {
  const events = Array.from({ length: count }, () =>
    makeEvent({
      ...{ kind: 'pool.limited', key: [pool, ++revision], at: 0, subject: { device: pool } },
      data: { pool, limit: 1 },
    }),
  );
  let written: readonly LoggedEvent[] = [];
  await store.commit(() => {
    written = events.flatMap((event) => log.append([event]));
  });
  log.commit(written.at(-1)?.position ?? 0);
  tail.tell(written);
  await turns();
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

function say(message: unknown): void {
  session.take(JSON.stringify(message));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

test('who subscribes is told of what comes from then on', async () => {
  await happen(3);
  say({ subscribe: {} });
  await happen(2);
  expect(client.said[0]).toEqual({ subscribed: 'events', cursor: cursorOf(3) });
  expect(client.positions()).toEqual([4, 5]);
});

test('who comes again with a cursor misses nothing and gets nothing twice', async () => {
  await happen(450);
  say({ subscribe: {}, after: cursorOf(2) });
  await happen(5);
  expect(client.positions()).toEqual(range(3, 455));
});

test('each subscription has its own filter, and the last of a name counts', async () => {
  say({ subscribe: { devices: ['a'] }, id: 'one' });
  say({ subscribe: { kinds: ['pool.*'] }, id: 'two' });
  await happen(1, 'a');
  await happen(1, 'b');
  say({ subscribe: { devices: ['b'] }, id: 'one' });
  say({ unsubscribe: 'two' });
  await happen(1, 'a');
  await happen(1, 'b');
  expect([client.positions('one'), client.positions('two')]).toEqual([
    [1, 4],
    [1, 2],
  ]);
});

test('who asks for what is not kept any more is told of the gap, and gets what there is', async () => {
  await happen(10);
  await log.drop({ keep: 4, before: 0, rows: 100 });
  say({ subscribe: {}, after: cursorOf(2) });
  await turns();
  expect(client.said[1]).toEqual({
    gap: { subscription: 'events', after: cursorOf(2), cursor: cursorOf(6) },
  });
  expect(client.positions()).toEqual([7, 8, 9, 10]);
});

test('a client that is slow for a while has one message under way, and catches up', async () => {
  say({ subscribe: {} });
  await turns();
  client.isStuck = true;
  for (let group = 0; group < 30; group++) await happen(50);
  expect(client.positions()).toEqual(range(1, 50));
  client.goOn();
  await turns();
  expect(client.positions()).toEqual(range(1, 1_500));
  expect(client.closed).toBeUndefined();
});

test('a client that takes in nothing is sent away, with its reason', async () => {
  say({ subscribe: {} });
  await turns();
  client.isStuck = true;
  await happen(1);
  await clock.advance(LIVE_LIMITS.stallMs);
  expect(client.closed).toEqual([CLOSED.tooSlow, expect.stringContaining('SW4114')]);
  await happen(1);
  expect(client.positions()).toEqual([1]);
});

test('a client that asks without listening is sent away before its answers fill the memory', async () => {
  client.isStuck = true;
  for (let at = 0; at < LIVE_LIMITS.unsentMessages * 2; at++) say({ subscribe: {}, id: 'same' });
  expect(client.closed?.[0]).toBe(CLOSED.tooSlow);
  expect(client.said).toHaveLength(LIVE_LIMITS.unsentMessages);
});

test('a heartbeat tells up to where all has been sent', async () => {
  say({ subscribe: { devices: ['nobody'] } });
  await happen(7);
  await clock.advance(LIVE_LIMITS.heartbeatMs);
  expect(client.said.at(-1)).toEqual({
    heartbeat: { at: '2026-01-01T00:00:30.000Z', cursor: cursorOf(7) },
  });
});

test.each([
  ['no JSON', '{', 'SW4112'],
  ['nothing known', '{"hello":1}', 'SW4112'],
  ['a list', '[]', 'SW4112'],
  ['an unknown filter', '{"subscribe":{"colour":["red"]}}', 'SW4112'],
  ['an unknown kind', '{"subscribe":{"kinds":["exploded"]}}', 'SW4112'],
  ['an empty list', '{"subscribe":{"devices":[]}}', 'SW4112'],
  ['too many names', JSON.stringify({ subscribe: { devices: Array(101).fill('d') } }), 'SW4112'],
  ['a huge text', `{"subscribe":{"devices":["${'x'.repeat(20_000)}"]}}`, 'SW4112'],
  ['a deep one', `{"subscribe":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'SW4112'],
  ['a cursor that is none', '{"subscribe":{},"after":"x"}', 'SW4003'],
  ['an unknown subscription', '{"unsubscribe":"x"}', 'SW4115'],
])('%s is answered with one error, and the connection goes on', async (_, text, code) => {
  session.take(text);
  say({ subscribe: {} });
  await happen(1);
  expect(client.errors()).toEqual([code]);
  expect(client.positions()).toEqual([1]);
});

test('what is wrong is said by its place', () => {
  say({ subscribe: { kinds: ['command.sent', 'exploded'] } });
  expect(client.said[0]).toMatchObject({
    error: { message: expect.stringContaining('subscribe.kinds.1: "exploded" is no kind of event') },
  });
});

test('a connection has so many subscriptions, and so many faults, and no more', () => {
  for (let at = 0; at < LIVE_LIMITS.subscriptions; at++) say({ subscribe: {}, id: `s${at}` });
  say({ subscribe: {}, id: 'one-more' });
  say({ subscribe: {}, id: 's0' });
  expect(client.errors()).toEqual(['SW4113']);
  for (let at = 1; at < LIVE_LIMITS.faults; at++) session.take('?');
  expect(client.closed?.[0]).toBe(CLOSED.policy);
});
