import { z } from 'zod';
import type { JournalEvent } from './journal-store.ts';

/** Shorter texts are written out each time: a reference would hardly be shorter. */
const SHORTEST_SHARED = 100;

/** Stands for the text with this number. No detail of an event is an object of this shape. */
const ReferenceSchema = z.object({ $text: z.number() });
const SharedSchema = z.object({ texts: z.array(z.string()) });

/**
 * Events as the text of one row. What a state is given is mostly what the state before gave, so that the same document
 * stands in many events: a long text that comes again is kept once for the row.
 */
export function writeEvents(events: readonly JournalEvent[]): string {
  const texts = repeatedTexts(events);
  if (texts.size === 0) return JSON.stringify(events);
  const shared = events.map((event) => ({ ...event, details: withReferences(event.details, texts) }));
  return JSON.stringify({ texts: [...texts.keys()], events: shared });
}

/** The events of a row. */
export function readEvents(text: string): readonly JournalEvent[] {
  const row: readonly JournalEvent[] | { readonly events: readonly JournalEvent[] } = JSON.parse(text);
  if (!('events' in row)) return row;
  const { texts } = SharedSchema.parse(row);
  return row.events.map((event) => ({ ...event, details: withTexts(event.details, texts) }));
}

/** Long texts that stand more than once in the details of these events, each with its number. */
function repeatedTexts(events: readonly JournalEvent[]): ReadonlyMap<string, number> {
  const seen = new Set<string>();
  const repeated = new Map<string, number>();
  for (const { details } of events) {
    for (const value of Object.values(details)) {
      if (typeof value !== 'string' || value.length < SHORTEST_SHARED) continue;
      if (seen.has(value) && !repeated.has(value)) repeated.set(value, repeated.size);
      seen.add(value);
    }
  }
  return repeated;
}

type Details = JournalEvent['details'];

function withReferences(details: Details, texts: ReadonlyMap<string, number>): Details {
  const entries = Object.entries(details).map(([name, value]) => {
    const number = typeof value === 'string' ? texts.get(value) : undefined;
    return [name, number === undefined ? value : { $text: number }] as const;
  });
  return Object.fromEntries(entries);
}

function withTexts(details: Details, texts: readonly string[]): Details {
  const entries = Object.entries(details).map(([name, value]) => {
    const reference = typeof value === 'object' ? ReferenceSchema.safeParse(value).data : undefined;
    return [name, reference === undefined ? value : (texts[reference.$text] ?? '')] as const;
  });
  return Object.fromEntries(entries);
}
