import { isJsonObject, type Json } from '#core/json.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** JSON Lines (jsonlines.org): a JSON value a line. */
export const JSON_LINES = 'application/x-ndjson';

/** Whether a request wants lines. */
export function wantsLines({ headers }: HttpRequest): boolean {
  return (headers['accept'] ?? '').split(/[,;\s]+/).includes(JSON_LINES);
}

/** A page of a list as lines; where there may be more, `link` (RFC 8288) has the address of the next. */
export function linesResponse(
  { path, query }: HttpRequest,
  document: unknown,
  list: string,
): HttpResponse | undefined {
  const page = JSON.parse(JSON.stringify(document)) as Json;
  if (!isJsonObject(page)) return undefined;
  const { [list]: entries, cursor } = page;
  if (!Array.isArray(entries)) return undefined;
  const next = typeof cursor === 'string' ? new URLSearchParams({ ...query, cursor }) : undefined;
  return {
    status: 200,
    headers: {
      'content-type': JSON_LINES,
      ...(next === undefined ? {} : { link: `<${path}?${next}>; rel="next"` }),
    },
    body: entries.map((entry: Json) => `${JSON.stringify(entry)}\n`).join(''),
  };
}
