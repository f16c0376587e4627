import type { JsonObject } from '#core/json.ts';

/** Headers as services write them; Node tells all of them in small letters. */
const SPELLINGS = new Map(
  [
    ...['Content-Length', 'Content-Type', 'Date', 'Server', 'Connection', 'x-amzn-RequestId'],
    ...['X-Amz-Executed-Version', 'x-amzn-Remapped-Content-Length', 'X-Amzn-Trace-Id', 'X-Amz-Log-Result'],
  ].map((name) => [name.toLowerCase(), name]),
);

/** What an answer said beside its result. */
export interface ResponseDetails {
  readonly headers: Readonly<Record<string, string>>;
  readonly statusCode: number;
  readonly requestId: string | undefined;
}

/** What results of optimised integrations carry of the answer: `SdkHttpMetadata` and `SdkResponseMetadata`. */
export function responseMetadata({ headers, statusCode, requestId }: ResponseDetails): JsonObject {
  const named = Object.entries(headers).map(([name, value]): [string, string] => [
    SPELLINGS.get(name) ?? name,
    value,
  ]);
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(named.map(([name, value]) => [name, [value]])),
      HttpHeaders: Object.fromEntries(named),
      HttpStatusCode: statusCode,
    },
    SdkResponseMetadata: { RequestId: requestId ?? null },
  };
}

type Next = (args: unknown) => Promise<{ readonly response?: unknown }>;
interface MiddlewareStack {
  add(middleware: (next: Next) => Next, options: { step: string; name: string }): void;
}

/** Notes the headers of the answer to a command, which its result does not carry. */
export function recordHeaders(command: object): () => Readonly<Record<string, string>> {
  let headers: Readonly<Record<string, string>> = {};
  const middleware = (next: Next): Next => {
    return async (args) => {
      const answer = await next(args);
      headers = headersOf(answer.response);
      return answer;
    };
  };
  if ('middlewareStack' in command && isMiddlewareStack(command.middlewareStack)) {
    command.middlewareStack.add(middleware, { step: 'deserialize', name: 'recordHeaders' });
  }
  return () => headers;
}

function isMiddlewareStack(value: unknown): value is MiddlewareStack {
  return typeof value === 'object' && value !== null && 'add' in value;
}

function headersOf(response: unknown): Record<string, string> {
  const headers: unknown =
    typeof response === 'object' && response !== null && 'headers' in response ? response.headers : {};
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
