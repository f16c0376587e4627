import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvents, writeEvents } from '#engine/embedded/event-text.ts';
import type { JournalEvent } from '#engine/embedded/journal-store.ts';
import { EngineStore } from '#engine/embedded/store.ts';
import { Database } from '#storage/database.ts';

function event(details: JournalEvent['details'], id = 1): JournalEvent {
  return { id, previousEventId: id - 1, type: 'PassStateEntered', timestamp: 5, thread: '', details };
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 1_000, maxLength: 3_000 }),
  fc.constantFrom(
    ...['x'.repeat(1_024), 'y'.repeat(5_000), '{"$text":0}'.repeat(200), 'line\n'.repeat(300)],
    ...[`\ud800${'x'.repeat(2_000)}`, `\0${'x'.repeat(2_000)}`],
  ),
);
const value = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(null),
  fc.dictionary(fc.string(), text),
);
const names = fc.constantFrom('input', 'output', 'name', 'cause', 'assignedVariables');

test('events are read from the file as they were written', async () => {
  const store = new EngineStore(new Database(':memory:'));
  let id = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(names, value), { minLength: 1 }), async (all) => {
      const events = all.map((details, at) => event(details, at + 1));
      const written: unknown = JSON.parse(JSON.stringify(events));
      id++;
      await store.commit(() => store.append(id, events));
      expect(store.read(id, 1, 1_000)).toEqual(written);
      expect(readEvents(writeEvents(events))).toEqual(written);
    }),
  );
});

test('a large text that other texts are or hold is written once', () => {
  const input = JSON.stringify({ text: 'x'.repeat(50_000) });
  const row = writeEvents([
    event({ output: `{"Payload":${input},"StatusCode":200}` }),
    event({ output: input, assignedVariables: { kept: input } }),
    event({ input }),
  ]);
  expect(row.length).toBeLessThan(51_000);
});

test('many large texts of their own in one row take no longer than their length', () => {
  const events = Array.from({ length: 5_000 }, (_, at) =>
    event({ output: `${at}`.padEnd(2_000, 'x') }, at + 1),
  );
  const before = performance.now();
  const row = writeEvents(events);
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(readEvents(row)).toEqual(events);
});

test('rows from before large texts were shared are read', () => {
  const events = [event({ input: 'x'.repeat(5_000) })];
  expect(readEvents(JSON.stringify(events))).toEqual(events);
});
