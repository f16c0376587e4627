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
