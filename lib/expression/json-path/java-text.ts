import { isJsonObject, type Json } from '#core/json.ts';

/** A value as States.Format writes it: texts as they are, objects and lists as Java prints its maps and lists. */
export function javaText(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map((entry: Json) => javaText(entry)).join(', ')}]`;
  if (!isJsonObject(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, entry]) => `${key}=${javaText(entry)}`)
    .join(', ')}}`;
}
