/** A request as the API takes it, whatever carried it. */
export interface HttpRequest {
  readonly method: string;
  /** Without the query, percent-encoded as it came. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What the API answers. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer with a JSON document. */
export function jsonResponse(status: number, document: unknown): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
}

/** An answer with a text of a media type. */
export function textResponse(status: number, type: string, text: unknown): HttpResponse {
  return { status, headers: { 'content-type': type }, body: String(text) };
}
