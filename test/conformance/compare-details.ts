import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { Difference } from './compare.ts';
import { valueDifferences } from './placeholders.ts';
import type { RecordedCase } from './recorded-case.ts';
import type { ReproducedRun } from './reproduce.ts';

/** Said of a whole account or of a page of the API, not of the event. */
const NOT_OF_THE_EVENT = ['inputDetails', 'outputDetails', 'assignedVariablesDetails', 'roleArn'];

/**
 * Where the content of events differs from what was recorded, field by field. Only events of the types that were recorded in
 * their place are compared: that others come there is told by the sequence.
 */
export function* compareDetails({ history = [] }: RecordedCase, run: ReproducedRun): Generator<Difference> {
  for (const [at, recorded] of history.entries()) {
    const event = run.history[at];
    if (event === undefined || recorded['type'] !== event.type) return;
    yield* eventDifferences(recorded, event, `events[${at}] ${event.type}`);
  }
}

function* eventDifferences(recorded: JsonObject, event: HistoryEvent, field: string): Generator<Difference> {
  const previous = recorded['previousEventId'];
  // Recordings of Parallel states were sorted, and hold no ids there.
  if (typeof previous === 'number' && previous !== event.previousEventId)
    yield { field: `${field}.previousEventId`, expected: previous, actual: event.previousEventId };
  const expected = detailsOf(recorded);
  for (const key of new Set([...Object.keys(expected), ...Object.keys(event.details)])) {
    if (NOT_OF_THE_EVENT.includes(key)) continue;
    const [wanted, got] = [expected[key], event.details[key]];
    for (const { path, ...values } of valueDifferences(wanted, sameForm(wanted, got)))
      yield { field: `${field}.${key}${path.slice(1)}`, ...values };
  }
}

/** The content of a recorded event: that of its one `…EventDetails` field. */
function detailsOf(recorded: JsonObject): JsonObject {
  const details = Object.entries(recorded).find(([key]) => key.endsWith('EventDetails'))?.[1];
  return isJsonObject(details) ? details : {};
}

/** Recordings hold documents as such; events hold them as JSON text. */
function sameForm(recorded: Json | undefined, text: Json | undefined): Json | undefined {
  if (isJsonObject(recorded) && isJsonObject(text)) {
    const entries = Object.entries(text).map(([key, value]) => [key, sameForm(recorded[key], value) ?? null]);
    return Object.fromEntries(entries);
  }
  if (typeof text !== 'string' || recorded === text) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
