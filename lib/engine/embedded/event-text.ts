import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { JournalEvent } from './journal-store.ts';

/** Shorter texts are written where they are. */
const SHORTEST_SHARED = 1_024;
/** Texts that others are searched for: so that a row with many texts of its own costs no more than their length. */
const MOST_SOUGHT = 16;

/** In the place of a text: what stands before and behind a shared one. No detail of an event has such a field. */
interface Shared {
  readonly before: string;
  readonly text: number;
  readonly after: string;
}

interface Head {
  /** Of each shared text, in UTF-16 units. */
  readonly lengths: readonly number[];
  readonly events: readonly JournalEvent[];
}

/**
 * Events as the text of one row: JSON, and where there are large texts a line of JSON with these behind it, each once and
 * as it is. The output of a task, of its state, the input of the next and what its task is called with are one text, or
 * hold one.
 */
export function writeEvents(events: readonly JournalEvent[]): string {
  if (!events.some(({ details }) => holdsLarge(details))) return JSON.stringify(events);
  const { texts, places } = share(events.flatMap(({ details }) => largeTexts(details)));
  const slim = events.map((event) => ({ ...event, details: slimDetails(event.details, places) }));
  const head: Head = { lengths: texts.map(({ length }) => length), events: slim };
  return `${JSON.stringify(head)}\n${texts.join('')}`;
}

/** The events of a row; also of one that was written before large texts were shared. */
export function readEvents(row: string): readonly JournalEvent[] {
  const end = row.indexOf('\n');
  if (end < 0) return parseEvents(row);
  const { lengths, events } = parseHead(row.slice(0, end));
  let start = end + 1;
  const texts = lengths.map((length) => {
    const text = row.slice(start, start + length);
    start += length;
    return text;
  });
  return events.map((event) => ({ ...event, details: fullDetails(event.details, texts) }));
}

/** Most rows hold none: this looks without making anything. */
function holdsLarge(details: JsonObject): boolean {
  for (const key in details) {
    const value = details[key];
    if (isLarge(value) || (isJsonObject(value) && holdsLarge(value))) return true;
  }
  return false;
}

function largeTexts(details: JsonObject): string[] {
  return Object.values(details).flatMap((value) =>
    isLarge(value) ? [value] : isJsonObject(value) ? largeTexts(value) : [],
  );
}

/** What only JSON can write, half a surrogate pair and NUL, stays in JSON. */
function isLarge(value: Json | undefined): value is string {
  return (
    typeof value === 'string' &&
    value.length >= SHORTEST_SHARED &&
    value.isWellFormed() &&
    !value.includes('\0')
  );
}

/** The texts to keep, and where each large one is: the shortest first, since the others may hold it. */
function share(large: readonly string[]): { texts: string[]; places: ReadonlyMap<string, Shared> } {
  const texts: string[] = [];
  const places = new Map<string, Shared>();
  for (const value of [...new Set(large)].toSorted((one, other) => one.length - other.length)) {
    places.set(value, placeOf(value, texts));
  }
  return { texts, places };
}

function placeOf(value: string, texts: string[]): Shared {
  for (const [index, text] of texts.slice(0, MOST_SOUGHT).entries()) {
    const at = value.indexOf(text);
    if (at >= 0) return { before: value.slice(0, at), text: index, after: value.slice(at + text.length) };
  }
  return { before: '', text: texts.push(value) - 1, after: '' };
}

function slimDetails(details: JsonObject, places: ReadonlyMap<string, Shared>): JsonObject {
  return mapFields(details, (value) => {
    if (isJsonObject(value)) return slimDetails(value, places);
    const place = typeof value === 'string' ? places.get(value) : undefined;
    return place === undefined ? value : { $shared: { ...place } };
  });
}

function fullDetails(details: JsonObject, texts: readonly string[]): JsonObject {
  return mapFields(details, (value) => {
    if (!isJsonObject(value)) return value;
    const shared = value['$shared'];
    return isJsonObject(shared) ? wholeText(shared, texts) : fullDetails(value, texts);
  });
}

function wholeText({ before, text, after }: JsonObject, texts: readonly string[]): string {
  return `${String(before)}${texts[Number(text)] ?? ''}${String(after)}`;
}

function mapFields(details: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, change(value)]));
}

function parseEvents(text: string): readonly JournalEvent[] {
  return JSON.parse(text);
}

function parseHead(text: string): Head {
  return JSON.parse(text);
}
