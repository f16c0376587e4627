import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoOf, makeEvent } from '#monitoring/events/event.ts';
import { eventsOf } from '#monitoring/events/events-of.ts';
import { measure } from '#monitoring/metrics/measure.ts';
import type { MetricName } from '#monitoring/metrics/metric-table.ts';
import { MetricRegistry } from '#monitoring/metrics/registry.ts';

test('a moment is told as ISO 8601 has it, whichever was told before', () => {
  const moments = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  const near = fc.tuple(moments, fc.integer({ min: 0, max: 2_000 }), fc.constantFrom(0, 0.25, 0.75));
  fc.assert(
    fc.property(fc.array(near, { maxLength: 5 }), (all) => {
      for (const [base, more, part] of all) {
        const ms = Math.min(base + more + (base >= 0 ? part : 0), 253_402_300_799_999);
        expect(isoOf(ms)).toBe(new Date(ms).toISOString());
      }
    }),
  );
});

test('what is undefined is no field of an event', () => {
  const subject = { device: 'd' };
  const data = { type: 'pump', zone: undefined };
  const event = makeEvent({ kind: 'device.registered', key: ['d', 1], at: 1, subject, data });
  expect(Object.keys(event.data)).toEqual(['type']);
});

test.each<[string, object | undefined, object | undefined, readonly string[]]>([
  ['has no breakers', { abilities: { ota: { successes: 1 } } }, { abilities: { ota: { successes: 2 } } }, []],
  ['is new', undefined, { abilities: {} }, []],
  ['has no abilities', { open: 1 }, { open: 2, abilities: { ota: null } }, []],
  ['gets a breaker', {}, { abilities: { ota: { breaker: breaker(9) } } }, ['device.breaker-opened']],
  [
    'keeps its breaker',
    { abilities: { ota: { breaker: breaker(9) } } },
    { abilities: { ota: { breaker: breaker(9) } } },
    [],
  ],
  [
    'loses its breaker',
    { abilities: { ota: { breaker: breaker(9) } } },
    { abilities: { ota: {} } },
    ['device.breaker-closed'],
  ],
  ['is forgotten', { abilities: { ota: { breaker: breaker(9) } } }, undefined, ['device.breaker-closed']],
])('the health of a device that %s tells of its breakers alone', (_what, before, after, kinds) => {
  const key = { pk: 'DEVICE#d', sk: 'HEALTH' };
  const item = (part: object | undefined) => (part === undefined ? undefined : { ...key, ...part });
  const events = eventsOf({ key, before: item(before), after: item(after), at: 5 });
  expect(events.map(({ kind }) => kind)).toEqual(kinds);
});

const DEVICE = { id: 'd', registeredAt: 1, revision: 4 };

test.each<[string, object, object, readonly (readonly [kind: string, changed?: readonly string[]])[]]>([
  ['says what it had left out', {}, { type: 'device', status: 'offline', tags: {}, reported: {} }, []],
  ['has its fields in another order', { tags: { a: '1', b: '2' } }, { tags: { b: '2', a: '1' } }, []],
  ['reports the same again', { reported: { at: [1, { x: 2 }] } }, { reported: { at: [1, { x: 2 }] } }, []],
  [
    'is another, and reports another state',
    { zone: 'a', tags: { site: 'x' }, reported: { gone: 1, list: [1], deep: { x: 1 }, same: null } },
    { type: 'pump', tags: { site: 'y' }, reported: { same: null, list: [1, 2], deep: { x: 2 }, new: 0 } },
    [
      ['device.changed', ['type', 'zone', 'tags']],
      ['device.reported', ['gone', 'list', 'deep', 'new']],
    ],
  ],
  ['comes', {}, { status: 'online' }, [['device.online']]],
  ['goes', { status: 'online' }, {}, [['device.offline']]],
])('a device that %s', (_what, before, after, told) => {
  const key = { pk: 'DEVICE#d', sk: 'META' };
  const [was, is] = [before, after].map((fields) => ({ ...key, ...DEVICE, ...fields }));
  const events = eventsOf({ key, before: was, after: is, at: 5 });
  expect(events.map(({ kind, data }) => [kind, data['changed']])).toEqual(
    told.map(([kind, changed]) => [kind, changed]),
  );
  expect(events.every(({ id, kind }) => id === `${kind}/d/1/4`)).toBe(true);
});

test.each([
  ['type', 1],
  ['tags', 'a'],
  ['reported', []],
  ['status', 'lost'],
  ['registeredAt', undefined],
])('a record of a device of which "%s" is %j is named for it', (name, value) => {
  const key = { pk: 'DEVICE#d', sk: 'META' };
  const [before, after] = [
    { ...key, ...DEVICE },
    { ...key, ...DEVICE, status: 'online', [name]: value },
  ];
  expect(() => eventsOf({ key, before, after, at: 5 })).toThrow(`"${name}" is not what it has to be`);
});

test('what is known of events by their kind is counted once for all of a kind', () => {
  const of = (kind: 'device.online' | 'device.offline' | 'device.breaker-closed', at: number) =>
    makeEvent({ kind, key: ['d', at], at, subject: { device: 'd' }, data: { ability: '*' } });
  const events = [of('device.online', 1), of('device.offline', 2), of('device.online', 3)];
  const registry = new MetricRegistry();
  for (const sample of measure([...events, of('device.breaker-closed', 4)])) registry.add(sample);
  const valuesOf = (metric: MetricName) => registry.seriesOf(metric).map(({ value }) => value);
  expect(valuesOf('stepwright_device_presences')).toEqual([2, 1]);
  expect(valuesOf('stepwright_events')).toEqual([4]);
  expect(valuesOf('stepwright_breakers_closed')).toEqual([1]);
});

function breaker(until: number) {
  return { until, reason: 'failures', opened: 1 };
}

test('series are told apart by all their labels, in whatever order these come', () => {
  const registry = new MetricRegistry();
  const metric = 'stepwright_executions_ended';
  registry.add({ metric, value: 1, labels: { workflow: 'a', status: 'b' } });
  registry.add({ metric, value: 2, labels: { status: 'b', workflow: 'a' } });
  registry.add({ metric, value: 4, labels: { workflow: 'ab', status: '' } });
  expect(registry.seriesOf(metric).map(({ value }) => value)).toEqual([3, 4]);
  const started = makeEvent({ kind: 'execution.started', key: ['x'], at: 1, subject: {}, data: {} });
  expect(measure([started])).toEqual([
    { metric: 'stepwright_executions_started', value: 1, labels: { workflow: '' } },
    { metric: 'stepwright_events', value: 1, labels: { family: 'execution' } },
  ]);
});
