import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvents, writeEvents } from '#engine/embedded/event-text.ts';
import type { JournalEvent } from '#engine/embedded/journal-store.ts';

function event(details: JournalEvent['details']): JournalEvent {
  return { id: 1, previousEventId: 0, type: 'PassStateEntered', timestamp: 5, thread: '', details };
}

test('events are read as they were written', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('x'.repeat(100), 'y'.repeat(5_000), '{"$text":0}'.repeat(20)),
  );
  const value = fc.oneof(
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
    fc.dictionary(fc.string(), text),
  );
  const details = fc.dictionary(
    fc.constantFrom('input', 'output', 'name', 'cause', 'assignedVariables'),
    value,
  );
  fc.assert(
    fc.property(fc.array(details), (all) => {
      const events: unknown = JSON.parse(JSON.stringify(all.map(event)));
      expect(readEvents(writeEvents(all.map(event)))).toEqual(events);
    }),
  );
});

test('a long text that stands in many events is written once', () => {
  const input = JSON.stringify({ text: 'x'.repeat(10_000) });
  expect(writeEvents(Array.from({ length: 6 }, () => event({ input }))).length).toBeLessThan(12_000);
});

test('rows of the first release are read', () => {
  const events = [event({ input: '{}' })];
  expect(readEvents(JSON.stringify(events))).toEqual(events);
});
