import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { createLive } from '#functions/live/live.ts';
import { createTellChanges } from '#functions/tell-changes/tell-changes.ts';
import { createTellSteps } from '#functions/tell-steps/tell-steps.ts';
import type { AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { TableFeed } from '#monitoring/feed/table-feed.ts';
import { LIVE_LIMITS, type ServerMessage, ServerMessageSchema } from '#monitoring/live/protocol.ts';
import type { Sample } from '#monitoring/metrics/metric-table.ts';
import { allConnections } from '#monitoring/telling/connections.ts';
import { ClientPusher } from '#monitoring/telling/push.ts';
import { MemoryTable } from '#support/memory-table.ts';
import { World } from '#support/world.ts';
import { connectionKeys } from '#table/feed-keys.ts';
import type { Item } from '#table/table.ts';

let clock: VirtualClock;
let table: MemoryTable;
let bus: MonitoringEvent[];
let emitted: Sample[];
let defects: unknown[];
let said: Map<string, ServerMessage[]>;
let ended: string[];
let gone: Set<string>;
let unreachable: Set<string>;
let isBusDown: boolean;
let woken: number;

const post = {
  post: async (id: string, text: string): Promise<boolean> => {
    if (unreachable.has(id)) throw new Error('timed out');
    if (gone.has(id)) return false;
    said.set(id, [...(said.get(id) ?? []), ServerMessageSchema.parse(JSON.parse(text))]);
    return true;
  },
  end: async (id: string): Promise<void> => void ended.push(id),
};
let ports: Parameters<typeof createTellChanges>[0];
beforeEach(() => {
  clock = new VirtualClock(Date.UTC(2026, 0, 1));
  table = new MemoryTable();
  [bus, emitted, defects, said, ended] = [[], [], [], new Map(), []];
  [gone, unreachable, isBusDown, woken] = [new Set(), new Set(), false, 0];
  ports = {
    table,
    feed: new TableFeed({ table, clock, random: seededRandom(1) }),
    bus: {
      put: async (events) => {
        if (isBusDown) throw new Error('throttled');
        bus.push(...events);
      },
    },
    clients: new ClientPusher(table, clock, post),
    alerts: { wake: async () => void woken++ },
    emit: (samples) => emitted.push(...samples),
    onDefect: (error) => defects.push(error),
  };
});

/** A record of the stream, as DynamoDB gives it. */
function record(before: Item | undefined, after: Item | undefined, more: object = {}): object {
  const { pk, sk } = after ?? before ?? { pk: '', sk: '' };
  return {
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    dynamodb: {
      Keys: marshall({ pk, sk }),
      ...(before === undefined ? {} : { OldImage: marshall(before, { removeUndefinedValues: true }) }),
      ...(after === undefined ? {} : { NewImage: marshall(after, { removeUndefinedValues: true }) }),
      ApproximateCreationDateTime: 1_767_225_600,
    },
    ...more,
  };
}

const pool = (limit: number): Item => ({
  ...{ pk: 'POOL#p', sk: 'META', name: 'p', limit, used: 0, tickets: 0, revision: limit },
});
const device: Item = { pk: 'DEVICE#d', sk: 'META', id: 'd', status: 'online', registeredAt: 1, revision: 1 };

test('the stream of a run tells what its table told embedded, but for what only a process knows', async () => {
  using world = await World.create({ devices: [{ id: 'd1' }] });
  const changes: object[] = [];
  const listened = await world.recordChanges(async () => {
    await world.run('steps: [{ id: go, command: go, device: d1 }]');
  });
  for (const { before, after } of listened) changes.push(record(before, after));
  const tell = createTellChanges({ ...ports, table: world.ports.table });
  await tell(changes);
  const { entries } = await world.monitoring.log.read({ after: '0', filter: {}, limit: 1_000 });
  const embedded = entries.map(({ event }) => event.id).slice(-bus.length);
  expect(bus.map(({ id }) => id)).toEqual(embedded);
  expect(bus.map(({ kind }) => kind)).toContain('command.succeeded');
  expect(bus.every(({ execution, workflow }) => execution === undefined || workflow === 'tested')).toBe(true);
});

test('what is told is kept, put on the bus, and counted, each event once for each time it is told', async () => {
  const tell = createTellChanges(ports);
  await tell([record(undefined, pool(1)), record(pool(1), pool(2))]);
  await clock.advance(5_000);
  const kept = await ports.feed.write([]);
  expect(kept).toEqual([]);
  const { entries } = await new TableFeed({ table, clock, random: seededRandom(2) }).read({
    filter: {},
    limit: 10,
  });
  expect(entries.map(({ event }) => event)).toEqual(bus);
  expect(bus.map(({ id }) => id)).toEqual(['pool.limited/p/1', 'pool.limited/p/2']);
  expect(emitted).toEqual([{ metric: 'stepwright_events', value: 2, labels: { family: 'pool' } }]);
});

test('alerts are told of as all else, and looked at for what happens, not for what their evaluation has found', async () => {
  const tell = createTellChanges(ports);
  const found: AlertRecord = {
    ...{ id: 'plant.failing.0.1', group: 'plant', alert: 'failing', title: 'failing', severity: 'critical' },
    ...{ by: {}, status: 'FIRING', since: 1, foundAt: 1, firedAt: 1, devices: [], deviceCount: 0 },
    ...{ executions: [], pagings: [], notes: [], revision: 0 },
  };
  const item = (alert: AlertRecord): Item => ({ pk: `ALERT#${alert.id}`, sk: 'META', ...alert });
  await tell([record(undefined, item(found))]);
  expect([bus.map(({ kind }) => kind), woken]).toEqual([['alert.firing'], 0]);
  const answered: AlertRecord = {
    ...found,
    status: 'ACKNOWLEDGED',
    acknowledgedAt: 2,
    acknowledgedBy: 'ana',
  };
  await tell([record(item(found), item(answered)), record(undefined, pool(1))]);
  expect([bus.map(({ kind }) => kind).slice(1), woken]).toEqual([['alert.acknowledged', 'pool.limited'], 1]);
  expect(emitted.map(({ metric }) => metric)).toContain('stepwright_alerts_fired');
});

test('a bus that takes nothing makes the batch come again; then the ids are the same, and it is counted once', async () => {
  const tell = createTellChanges(ports);
  isBusDown = true;
  await expect(tell([record(undefined, pool(1))])).rejects.toThrow('throttled');
  expect(emitted).toEqual([]);
  isBusDown = false;
  await tell([record(undefined, pool(1))]);
  expect([bus.length, emitted.length]).toEqual([1, 1]);
});

test('what nobody understands, and what only expired, holds nothing up', async () => {
  const tell = createTellChanges(ports);
  const expired = record(device, undefined, { userIdentity: { type: 'Service' } });
  await tell([
    record(undefined, { pk: 'POOL#p', sk: 'META', limit: 'x' }),
    {},
    expired,
    record(undefined, pool(3)),
  ]);
  expect(bus.map(({ id }) => id)).toEqual(['pool.limited/p/3']);
  expect(defects).toHaveLength(2);
});

test('events of the feed and connections themselves are told to nobody', async () => {
  await createTellChanges(ports)([
    record(undefined, { pk: 'FEED#1', sk: 'x', events: [] }),
    record(undefined, { ...connectionKeys.meta('c'), id: 'c' }),
  ]);
  expect([bus, defects]).toEqual([[], []]);
});

test('steps are told when an execution has said its last, and never of one that is gone', async () => {
  using world = await World.create({ devices: [{ id: 'd1' }] });
  const { id } = await world.run('steps: [{ id: go, command: go, device: d1 }, { id: x, set: { a: 1 } }]');
  const { entries } = await world.monitoring.log.read({
    after: '0',
    filter: { kinds: ['execution.succeeded'] },
    limit: 9,
  });
  const traced: string[] = [];
  const tell = createTellSteps({
    ...{ ...ports, table: world.ports.table, engine: world.ports.engine },
    trace: async ({ id }) => void traced.push(id),
  });
  const detail = entries[0]?.event;
  await tell({ detail });
  expect(bus.map(({ kind, execution, path }) => [kind, execution, path])).toEqual([
    ['execution.measured', id, undefined],
    ['step.succeeded', id, 'go'],
    ['step.succeeded', id, 'x'],
  ]);
  expect(traced).toEqual([id]);
  await tell({ detail: { ...detail, execution: 'nobody' } });
  expect(bus).toHaveLength(3);
  // What cannot be read now is told when the delivery is tried again.
  const broken = createTellSteps({
    ...{ ...ports, table: world.ports.table, engine: world.ports.engine },
    trace: async () => {
      throw new Error('the table is throttled');
    },
  });
  await expect(broken({ detail })).rejects.toThrow('the table is throttled');
});

const clientPorts = () => ({
  table,
  clock,
  post,
  feed: new TableFeed({ table, clock, random: seededRandom(3) }, 0),
});
const socketEvent = (routeKey: string, body?: string, connectionId = 'c1') => ({
  ...(body === undefined ? {} : { body }),
  requestContext: { routeKey, connectionId },
});

/** What a client says, until all is done that it sets off. */
async function say(message: unknown, id = 'c1'): Promise<void> {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const done = createLive(clientPorts())(socketEvent('$default', text, id));
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(3_000);
  await done;
}

const limitsTold = (id = 'c1'): unknown[] =>
  (said.get(id) ?? []).flatMap((one) => ('events' in one ? one.events.map(({ data }) => data['limit']) : []));

test('a client is told of what it wants, from its cursor on, and of nothing when it is gone', async () => {
  const live = createLive(clientPorts());
  const tell = createTellChanges(ports);
  await tell([record(undefined, pool(1))]);
  await live(socketEvent('$connect'));
  await live(socketEvent('$connect'));
  const { cursor } = await clientPorts().feed.read({ filter: {}, limit: 1 });
  await say({ subscribe: { kinds: ['pool.*'] }, after: cursor });
  await tell([record(undefined, pool(2)), record(undefined, device)]);
  expect(limitsTold()).toEqual([1, 2]);
  await live(socketEvent('$disconnect'));
  await clock.advance(2_000);
  await tell([record(undefined, pool(3))]);
  expect(limitsTold()).toEqual([1, 2]);
  expect(await allConnections(table)).toEqual([]);
});

test('a client that cannot be reached is sent away, and holds nobody up', async () => {
  const live = createLive(clientPorts());
  for (const id of ['c1', 'c2', 'c3']) {
    await live(socketEvent('$connect', undefined, id));
    await say({ subscribe: {} }, id);
  }
  gone.add('c1');
  unreachable.add('c2');
  await createTellChanges(ports)([record(undefined, pool(7))]);
  expect(limitsTold('c3')).toEqual([7]);
  expect(ended).toEqual(['c2']);
  expect((await allConnections(table)).map(({ id }) => id)).toEqual(['c3']);
});

test.each([
  ['no JSON', '{', 'SW4112'],
  ['an unknown kind', { subscribe: { kinds: ['boom'] } }, 'SW4112'],
  ['a cursor that is none', { subscribe: {}, after: 'x' }, 'SW4003'],
  ['an unknown subscription', { unsubscribe: 'x' }, 'SW4115'],
])('%s is answered with one error; ten of them end the connection', async (_, message, code) => {
  await createLive(clientPorts())(socketEvent('$connect'));
  for (let fault = 0; fault < LIVE_LIMITS.faults; fault++) await say(message);
  const errors = (said.get('c1') ?? []).flatMap((one) => ('error' in one ? [one.error.code] : []));
  expect(errors).toEqual(Array(LIVE_LIMITS.faults).fill(code));
  expect(ended).toEqual(['c1']);
});

test('who speaks without a connection is sent away, and a browser gets the protocol that it offers', async () => {
  await say({ subscribe: {} }, 'stranger');
  expect(ended).toEqual(['stranger']);
  const headers = { 'Sec-WebSocket-Protocol': 'stepwright.v1, bearer.eA' };
  const answer = await createLive(clientPorts())({ ...socketEvent('$connect'), headers });
  expect(answer.headers).toEqual({ 'Sec-WebSocket-Protocol': 'stepwright.v1' });
});
