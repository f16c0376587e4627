import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { delimit, readExpression } from '#expression/delimiters.ts';
import { parseExpression } from '#expression/parse.ts';
import { boundTemplate, type Emitting } from './emitting.ts';
import { valueAt } from './names.ts';
import { objectText } from './text.ts';

/** Names that only the command handler knows. */
const HANDLER_NAMES = ['target', 'with', 'result', 'event'];

/** Arguments in two: what the machine evaluates, and what it leaves to the handler. */
export interface SplitArguments {
  /** The arguments, with null in the places left to the handler. */
  readonly with: Json;
  /** JSON Pointer of each such place to the text of its expression. */
  readonly deferred: Readonly<Record<string, string>>;
}

/** Splits a command's arguments. */
export function splitArguments(value: JsonObject, at: Emitting): SplitArguments {
  const deferred = Object.fromEntries(deferredPlaces(value, ''));
  return { with: boundTemplate(without(value, '', deferred), at), deferred };
}

/** The values of the names, besides its own, that the handler's expressions read, as a value of States Language. */
export function handlerBindings(texts: readonly string[], { place, emitter }: Emitting): string | undefined {
  const names = new Set(texts.flatMap((text) => parseExpression(text).variables.map(({ name }) => name)));
  const values = [...names].flatMap((name) => {
    const value = HANDLER_NAMES.includes(name) ? undefined : valueAt(name, place, emitter);
    return value === undefined ? [] : [[name, value] as const];
  });
  return values.length === 0 ? undefined : delimit(objectText(Object.fromEntries(values)));
}

function deferredPlaces(value: Json, pointer: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') {
    const text = readExpression(value)?.text;
    return text !== undefined && isForHandler(text) ? [[pointer, text]] : [];
  }
  return entriesOf(value).flatMap(([name, entry]) => deferredPlaces(entry, pointerTo(pointer, name)));
}

function without(value: Json, pointer: string, deferred: SplitArguments['deferred']): Json {
  if (Object.hasOwn(deferred, pointer)) return null;
  if (Array.isArray(value)) {
    return value.map((entry: Json, index) => without(entry, pointerTo(pointer, String(index)), deferred));
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, without(entry, pointerTo(pointer, name), deferred)]),
  );
}

function entriesOf(value: Json): readonly [string, Json][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function isForHandler(text: string): boolean {
  return parseExpression(text).variables.some(({ name }) => HANDLER_NAMES.includes(name));
}

/** JSON Pointer (RFC 6901). */
function pointerTo(parent: string, name: string): string {
  return `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
