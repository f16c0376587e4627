import { STATUS_CODES } from 'node:http';
import type { Json, JsonObject } from '#core/json.ts';
import type { HttpAnswer } from './http-port.ts';
import { parseJsonOrText } from './parse-json.ts';

/** An answer over HTTP as tasks give it: `{Headers, ResponseBody, StatusCode, StatusText}`. */
export function describeAnswer(answer: HttpAnswer): JsonObject {
  return {
    Headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, [value]])),
    ResponseBody: parseBody(answer),
    StatusCode: answer.status,
    StatusText: STATUS_CODES[answer.status] ?? '',
  };
}

/** The body as JSON where it says that it is, else as text. */
export function parseBody({ headers, body }: HttpAnswer): Json {
  return /\bjson\b/i.test(headers['content-type'] ?? '') ? parseJsonOrText(body) : body;
}
