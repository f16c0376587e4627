import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MonitoringEvent, MonitoringEventSchema, makeEvent } from '#monitoring/events/event.ts';
import { EVENT_KINDS, type EventKind } from '#monitoring/events/kinds.ts';
import { EventLog } from '#monitoring/feed/event-log.ts';
import { eventOf, rowOf } from '#monitoring/feed/event-row.ts';
import { Database } from '#storage/database.ts';

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

test('a row tells what the whole text of the event would, whatever is in it', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      const whole = MonitoringEventSchema.parse(JSON.parse(JSON.stringify(event)));
      expect(eventOf(rowOf(event))).toEqual(whole);
    }),
  );
});

test.each([
  ['a time without milliseconds', { at: '2026-11-26T18:00:00Z' }],
  ['an id that is no more than the kind', { id: 'device.online' }],
  ['an id that begins with another kind', { id: 'device.onliner/x' }],
])('%s is kept as it is', (_, odd) => {
  const event = {
    ...makeEvent({ kind: 'device.online', key: ['d', 1], at: 1, subject: { device: 'd' }, data: {} }),
    ...odd,
  };
  expect(eventOf(rowOf(event))).toEqual(event);
});

test('a row has nothing twice', () => {
  const subject = { execution: 'x1', workflow: 'tour', version: '1.0.0' };
  const event = makeEvent({
    kind: 'execution.succeeded',
    key: ['x1', 0],
    at: 1_700_000_000_123,
    subject,
    data: { status: 'SUCCEEDED', tookMs: 3 },
  });
  expect(rowOf(event)).toEqual({
    ...{ at: 1_700_000_000_123, kind: 'execution.succeeded', execution: 'x1' },
    rest: '{"i":"x1/0","w":"tour","n":"1.0.0","x":{"status":"SUCCEEDED","tookMs":3}}',
  });
});

test('a log reads rows that were written whole beside those that are short', async () => {
  const database = new Database(':memory:');
  const log = new EventLog(database);
  const old = makeEvent({ kind: 'device.online', key: ['d', 1], at: 5, subject: { device: 'd' }, data: {} });
  const now = makeEvent({ kind: 'device.offline', key: ['d', 2], at: 6, subject: { device: 'd' }, data: {} });
  database.sqlite
    .prepare('INSERT INTO event_log VALUES (1, 5, ?, NULL, ?)')
    .run(old.kind, JSON.stringify(old));
  const reopened = new EventLog(database);
  await database.commit(() => reopened.append(now));
  reopened.commit(2);
  const { entries } = await reopened.read({ after: '000000000000', filter: {}, limit: 10 });
  expect(entries.map(({ event }) => event)).toEqual([old, now]);
  expect(log.first).toBe(1);
  database.close();
});
