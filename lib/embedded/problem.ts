import type { HttpResponse } from '#api/http.ts';

/** An RFC 9457 problem, for what is refused before the API sees it. */
export function problem(status: number, title: string, detail: string): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', title, status, detail }),
  };
}
