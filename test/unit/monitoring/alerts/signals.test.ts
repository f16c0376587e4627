import { expect, test } from 'vitest';
import { kindsOfEvent, WATCHED_EVENTS, WATCHED_KINDS, WATCHED_METRICS } from '#definition/alert/signals.ts';
import { EVENT_KINDS, isEventKind } from '#monitoring/events/kinds.ts';

test('alerts can watch every kind of event but those of their own', () => {
  const kinds = Object.keys(EVENT_KINDS).filter((kind) => !kind.startsWith('alert.'));
  expect([...WATCHED_KINDS].sort()).toEqual(kinds.sort());
});

test('every name stands for events that there are', () => {
  const names = [
    ...WATCHED_EVENTS.flatMap(kindsOfEvent),
    ...Object.values(WATCHED_METRICS).flatMap((metric) =>
      metric.of === 'open' ? [...metric.begins, ...metric.ends] : metric.kinds,
    ),
  ];
  expect(names.filter((name) => !isEventKind(name))).toEqual([]);
});

test('what a metric reads of events is a number that they have', () => {
  for (const metric of Object.values(WATCHED_METRICS)) {
    if (metric.of === 'open') continue;
    const field = metric.of === 'count' ? metric.having : metric.field;
    if (field === undefined) continue;
    for (const kind of metric.kinds.filter(isEventKind))
      expect(EVENT_KINDS[kind].data.shape, kind).toHaveProperty(field);
  }
});
