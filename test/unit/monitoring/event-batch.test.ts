import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MonitoringEvent, MonitoringEventSchema, makeEvent } from '#monitoring/events/event.ts';
import { EVENT_KINDS, type EventKind } from '#monitoring/events/kinds.ts';
import { batchText, readBatch } from '#monitoring/feed/event-batch.ts';
import { EventLog } from '#monitoring/feed/event-log.ts';
import { EVENT_LOG_SCHEMA } from '#monitoring/feed/event-log-schema.ts';
import { Database } from '#storage/database.ts';
import { migrate } from '#storage/schema.ts';

const KINDS = Object.keys(EVENT_KINDS) as EventKind[];
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const instant = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });

/** Any event, also one that no teller of ours makes. */
const anyEvent: fc.Arbitrary<MonitoringEvent> = fc
  .record(
    {
      ...{
        v: fc.constant(1 as const),
        kind: fc.constantFrom(...KINDS),
        at: instant.map((at) => at.toISOString()),
      },
      ...{ key: text, own: fc.boolean(), data: fc.dictionary(text, fc.jsonValue()) },
      ...{ execution: text, workflow: text, version: text, path: text, device: text, command: text },
    },
    { requiredKeys: ['v', 'kind', 'at', 'key', 'own', 'data'] },
  )
  .map(({ key, own, ...event }) => ({ ...event, id: own ? key : `${event.kind}/${key}` }) as MonitoringEvent);

const ANY = () => true;

test('a batch tells what the whole texts of its events would, whatever is in them', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 5 }), fc.nat(3), (some, again) => {
      const events = some.flatMap((event) => Array<MonitoringEvent>(1 + again).fill(event));
      const whole = MonitoringEventSchema.array().parse(JSON.parse(JSON.stringify(events)));
      expect(readBatch(batchText(events), ANY)).toEqual(whole);
    }),
  );
});

test.each([
  ['a time without milliseconds', { at: '2026-11-26T18:00:00Z' }],
  ['an id that is no more than the kind', { id: 'device.online' }],
  ['an id that begins with another kind', { id: 'device.onliner/x' }],
  ['an id that begins with another execution', { id: 'device.online/y', execution: 'x' }],
])('%s is kept as it is', (_, odd) => {
  const event = { ...presence('online', 1), ...odd };
  expect(readBatch(batchText([event]), ANY)).toEqual([event]);
});

test('a batch has a column for what its events have, and says again only what is another', () => {
  const subject = { execution: 'x1', workflow: 'tour', version: '1.0.0' };
  const at = Date.UTC(2026, 10, 26);
  const data = { status: 'SUCCEEDED', tookMs: 3 } as const;
  const started = makeEvent({ kind: 'execution.started', key: ['x1'], at, subject, data: {} });
  const ended = makeEvent({ kind: 'execution.succeeded', key: ['x1', 0], at, subject, data });
  const gone = presence('offline', at);
  expect(JSON.parse(batchText([started, ended, ended, gone]))).toEqual({
    k: ['execution.started', 'execution.succeeded', 0, 'device.offline'],
    a: ['2026-11-26T00:00:00.000Z'],
    i: [0, '/0', 0, `d/${at}`],
    ...{ e: ['x1', 0, 0, null], w: ['tour', 0, 0, null], n: ['1.0.0', 0, 0, null] },
    d: [0, 0, 0, 'd'],
    x: [{}, data, data, {}],
  });
});

test('a batch of an earlier version, which says all values, is read', () => {
  const said = {
    k: ['execution.started', 'device.online'],
    a: ['2026-11-26T00:00:00.000Z', '2026-11-26T00:00:00.000Z'],
    i: [null, 'd/5'],
    ...{ e: ['x1', null], w: ['tour', null], n: ['1.0.0', null], d: [null, 'd'] },
    x: [{}, {}],
  };
  expect(readBatch(JSON.stringify(said), ANY)).toMatchObject([
    { id: 'execution.started/x1', execution: 'x1', workflow: 'tour' },
    { id: 'device.online/d/5', at: '2026-11-26T00:00:00.000Z', device: 'd', data: {} },
  ]);
});

test.each([
  ['no kinds', { a: ['2026-11-26T00:00:00.000Z'], x: [{}] }],
  ['no first kind', { k: [0], a: ['2026-11-26T00:00:00.000Z'], x: [{}] }],
  ['a kind that there is not', { k: ['device.melted'], a: ['2026-11-26T00:00:00.000Z'], x: [{}] }],
  ['no times', { k: ['device.online'], x: [{}] }],
])('a row with %s is refused, and not read as something else', (_, broken) => {
  expect(() => readBatch(JSON.stringify(broken), ANY)).toThrow();
});

test('events that are not wanted are left out, and the others keep their places', () => {
  const events = [presence('online', 1), presence('offline', 2), presence('online', 3)];
  const read = readBatch(batchText(events), (kind) => kind === 'device.online');
  expect(read).toEqual([events[0], undefined, events[2]]);
});

test('a log keeps what it had while each event was a row, whole at first and then short', async () => {
  const database = new Database(':memory:');
  migrate(database.sqlite, { ...EVENT_LOG_SCHEMA, steps: EVENT_LOG_SCHEMA.steps.slice(0, 3) });
  const subject = {
    execution: 'x1',
    workflow: 'tour',
    version: '1.0.0',
    path: 'a',
    device: 'd',
    command: 'c',
  };
  const at = Date.UTC(2026, 10, 26) + 7;
  const data = { pool: 'p', limit: 1, nothing: null };
  const full = makeEvent({ kind: 'pool.limited', key: ['p', 1], at, subject, data });
  const insert = database.sqlite.prepare('INSERT INTO event_log VALUES (?, ?, ?, ?, ?)');
  insert.run(1, 5, 'device.online', null, JSON.stringify(presence('online', 5)));
  insert.run(2, at, full.kind, 'x1', JSON.stringify(full));
  insert.run(3, 6, 'device.offline', null, '{"i":"d/6","d":"d","x":{}}');
  const short = { i: 'p/1', w: 'tour', n: '1.0.0', p: 'a', d: 'd', c: 'c', x: data };
  insert.run(4, at, full.kind, 'x1', JSON.stringify(short));
  const odd = { ...presence('online', 8), id: 'odd', at: '2026-11-26T18:00:00Z' };
  insert.run(5, 8, odd.kind, null, JSON.stringify({ id: odd.id, a: odd.at, d: 'd', x: {} }));
  const log = new EventLog(database);
  const now = presence('offline', 9);
  await database.commit(() => log.append([now]));
  log.commit(6);
  const { entries } = await log.read({ after: '000000000000', filter: {}, limit: 10 });
  const expected = [presence('online', 5), full, presence('offline', 6), full, odd, now];
  expect(entries.map(({ event }) => event)).toEqual(expected);
  const ofOne = await log.read({ filter: { executions: ['x1'] }, limit: 10 });
  expect(ofOne.entries.map(({ event }) => event)).toEqual([full, full]);
  database.close();
});

function presence(status: 'online' | 'offline', at: number): MonitoringEvent {
  return makeEvent({ kind: `device.${status}`, key: ['d', at], at, subject: { device: 'd' }, data: {} });
}
