import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { HttpRequest, HttpResponse } from '#api/http.ts';

/** What of an event of API Gateway is read. */
export type GatewayRequest = Pick<
  APIGatewayProxyEvent,
  'httpMethod' | 'path' | 'queryStringParameters' | 'headers' | 'body' | 'isBase64Encoded'
>;

/** A request as API Gateway hands it over. */
export function toHttpRequest(event: GatewayRequest): HttpRequest {
  const body = event.body ?? undefined;
  return {
    method: event.httpMethod,
    path: event.path,
    query: definedValues(event.queryStringParameters),
    headers: Object.fromEntries(
      Object.entries(definedValues(event.headers)).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    ...(body === undefined
      ? {}
      : { body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body }),
  };
}

/** An answer as API Gateway takes it. */
export function toGatewayResult({ status, headers, body }: HttpResponse): APIGatewayProxyResult {
  return { statusCode: status, headers: { ...headers, 'cache-control': 'no-store' }, body };
}

function definedValues(values: Readonly<Record<string, string | undefined>> | null): Record<string, string> {
  const entries = Object.entries(values ?? {});
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
