import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** One record of a source, with the fields that `definition/report/fields.ts` lists. Times are texts in ISO 8601, in UTC. */
export type ReportRecord = JsonObject;

/** What a record holds at a name with dots between; null where there is nothing. */
export function fieldOf(record: ReportRecord, name: string): Json {
  let value: Json = record;
  for (const part of name.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, part)) return null;
    value = value[part] ?? null;
  }
  return value;
}

/** The fields that are there, of those that may be. */
export function recordOf(fields: Readonly<Record<string, Json | undefined>>): ReportRecord {
  const record: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) record[name] = value;
  return record;
}

/** A moment in ms since the epoch, as records have it. */
export function momentOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** The time between two moments in ms, where both are known. */
export function betweenOf(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from);
}
