import { STATUS_CODES } from 'node:http';
import { type Json, type JsonObject, JsonSchema } from '#core/json.ts';
import type { HttpAnswer } from './http-port.ts';

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
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return body;
  try {
    return JsonSchema.parse(JSON.parse(body));
  } catch {
    return body;
  }
}
