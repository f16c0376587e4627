import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { unusable } from './service-failure.ts';

/** How the items of an array are written in a form (AWS Step Functions, "Applying URL-encoding on request body"). */
export const ARRAY_FORMATS = ['INDICES', 'REPEAT', 'COMMAS', 'BRACKETS', 'NONE'] as const;

/** One of {@link ARRAY_FORMATS}. */
export type ArrayFormat = (typeof ARRAY_FORMATS)[number];

/** Writes a body as `application/x-www-form-urlencoded`; inner objects as `outer[inner]`. */
export function encodeForm(body: JsonObject, format: ArrayFormat): string {
  return Object.entries(body)
    .flatMap(([name, value]) => pairs(name, value, format))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

function pairs(name: string, value: Json, format: ArrayFormat): [string, string][] {
  if (Array.isArray(value)) return arrayPairs(name, value, format);
  if (!isJsonObject(value)) return [[name, scalar(value)]];
  return Object.entries(value).flatMap(([key, inner]) => pairs(`${name}[${key}]`, inner, format));
}

function arrayPairs(name: string, items: readonly Json[], format: ArrayFormat): [string, string][] {
  switch (format) {
    case 'COMMAS':
      return [[name, items.map(scalar).join(',')]];
    case 'REPEAT':
      return items.flatMap((item) => pairs(name, item, format));
    case 'BRACKETS':
      return items.flatMap((item) => pairs(`${name}[]`, item, format));
    case 'NONE':
      throw unusable(`The array '${name}' of the body cannot be written with the ArrayFormat NONE`);
    default:
      return items.flatMap((item, index) => pairs(`${name}[${index}]`, item, format));
  }
}

function scalar(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
