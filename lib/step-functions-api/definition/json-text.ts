import type { Json } from '#core/json.ts';
import { placeBelow } from '#core/json-depth.ts';

/** How deep arrays and objects may be nested in an input or output: what the JSON reader of the service takes. */
export const DEEPEST_DATA = 1_000;
/** How deep they may be in a definition; hundreds of blocks within each other are no machine. */
export const DEEPEST_DEFINITION = 300;

/** A JSON text that was read, or why it could not be. */
export type ReadJson =
  | { readonly value: Json }
  | { readonly reason: string; readonly line: number; readonly column: number };

/** Reads a JSON text, to a depth. */
export function readJson(text: string, deepest: number): ReadJson {
  const tooDeep = depthFault(text, deepest);
  if (tooDeep !== undefined) return tooDeep;
  try {
    const value: Json = JSON.parse(text);
    return { value };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { reason: reasonFor(text, message), ...placeOf(text, message) };
  }
}

function depthFault(text: string, deepest: number): ReadJson | undefined {
  const place = placeBelow(text, deepest);
  if (place === undefined) return undefined;
  const reason = `Document nesting depth (${deepest + 1}) exceeds the maximum allowed (${deepest})`;
  return { reason, ...lineAndColumn(text, place) };
}

const EXPECTED = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/** In the words of the service where a word stands that is no value; else in those of the parser. */
function reasonFor(text: string, message: string): string {
  const word = /^\s*([A-Za-z_$][\w$]*)/.exec(text)?.[1];
  if (word !== undefined && !['null', 'true', 'false'].includes(word)) {
    return `Unrecognized token '${word.slice(0, 256)}': ${EXPECTED}`;
  }
  const quote = /^\s*\{\s*([^"}\s])/.exec(text)?.[1];
  if (quote !== undefined) {
    const code = quote.codePointAt(0) ?? 0;
    return `Unexpected character ('${quote}' (code ${code})): was expecting double-quote to start field name`;
  }
  return message.slice(0, 512);
}

function placeOf(text: string, message: string): { line: number; column: number } {
  const word = /^\s*[A-Za-z_$][\w$]*/.exec(text)?.[0];
  if (word !== undefined) return lineAndColumn(text, word.length);
  const position = /position (\d+)/.exec(message)?.[1];
  return lineAndColumn(text, position === undefined ? text.length : Number(position));
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
