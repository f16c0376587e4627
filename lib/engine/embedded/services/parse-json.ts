import type { Json } from '#core/json.ts';

/** What a text is as JSON; the text itself where it is none. */
export function parseJsonOrText(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
