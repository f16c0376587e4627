import * as z from 'zod';
import { type Json, type JsonObject, JsonSchema } from '#core/json.ts';
import type { ServiceRequest } from './caller.ts';
import { describeAnswer } from './http-answer.ts';
import type { HttpAnswer, HttpPort } from './http-port.ts';
import { sendGuarded } from './http-task.ts';
import { ServiceFailure, unusable, wrongArguments } from './service-failure.ts';

/** Longest time that API Gateway gives an integration, in ms (API Gateway, "Quotas for REST APIs"). */
const INVOKE_TIMEOUT_MS = 29_000;

const ListsSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({});

const InvokeArgumentsSchema = z.object({
  ApiEndpoint: z.string().min(1),
  Method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']),
  Stage: z.string().optional(),
  Path: z.string().default(''),
  Headers: ListsSchema,
  QueryParameters: ListsSchema,
  RequestBody: JsonSchema.optional(),
  AllowNullValues: z.boolean().default(false),
  AuthType: z.enum(['NO_AUTH', 'IAM_ROLE', 'RESOURCE_POLICY']).default('NO_AUTH'),
});

type InvokeArguments = z.infer<typeof InvokeArgumentsSchema>;

/**
 * Calls a REST or HTTP API (`apigateway:invoke`). Throws ApiGateway.<status>, whose cause is the body of the answer. APIs
 * that want the call signed are not served.
 */
export async function callApiGateway(http: HttpPort, request: ServiceRequest): Promise<JsonObject> {
  const args = readArguments(request.args);
  const body = writeBody(args);
  const headers = Object.entries(args.Headers).map(([name, value]) => [
    name.toLowerCase(),
    [value].flat().join(','),
  ]);
  const answer = await sendGuarded(http, 'invoke', {
    url: urlOf(args),
    method: args.Method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...Object.fromEntries(headers),
    },
    body,
    timeoutMs: INVOKE_TIMEOUT_MS,
    signal: request.signal,
  }).catch((error: unknown) => Promise.reject(named(error)));
  return readAnswer(answer);
}

function readAnswer(answer: HttpAnswer): JsonObject {
  if (answer.status < 400) return describeAnswer(answer);
  throw new ServiceFailure(`ApiGateway.${answer.status}`, answer.body);
}

/** Here, a broken connection has the name that the SDK gives it. */
function named(error: unknown): unknown {
  if (!(error instanceof ServiceFailure) || error.name !== 'States.Http.Socket') return error;
  return new ServiceFailure('ApiGateway.SdkClientException', error.message, { cause: error });
}

function readArguments(args: Json): InvokeArguments {
  const parsed = InvokeArgumentsSchema.safeParse(args);
  if (!parsed.success) throw wrongArguments('apigateway:invoke', parsed.error);
  if (parsed.data.AuthType === 'NO_AUTH') return parsed.data;
  throw unusable(`apigateway:invoke is served with the AuthType NO_AUTH here, not ${parsed.data.AuthType}`);
}

function urlOf({ ApiEndpoint, Stage, Path, QueryParameters }: InvokeArguments): string {
  const base = /^https?:\/\//.test(ApiEndpoint) ? ApiEndpoint : `https://${ApiEndpoint}`;
  const path = [Stage ?? '', Path.replace(/^\//, '')].filter((part) => part !== '').join('/');
  const text = `${base.replace(/\/$/, '')}/${path}`;
  if (!URL.canParse(text)) throw unusable(`'${ApiEndpoint}' is no address of an API`);
  const url = new URL(text);
  for (const [name, value] of Object.entries(QueryParameters)) {
    for (const item of [value].flat()) url.searchParams.append(name, item);
  }
  return url.href;
}

function writeBody({ RequestBody, AllowNullValues }: InvokeArguments): string | undefined {
  if (RequestBody === undefined) return undefined;
  return JSON.stringify(RequestBody, (_key, value: unknown) =>
    value === null && !AllowNullValues ? undefined : value,
  );
}
