import { z } from 'zod';
import { type Json, type JsonObject, JsonObjectSchema, JsonSchema } from '#core/json.ts';
import type { ServiceRequest } from './caller.ts';
import { ARRAY_FORMATS, encodeForm } from './form-encoding.ts';
import { describeAnswer, parseBody } from './http-answer.ts';
import {
  type Connection,
  type ConnectionStore,
  type HttpAnswer,
  HttpFault,
  type HttpPort,
} from './http-port.ts';
import { resultTooLarge, ServiceFailure, unusable } from './service-failure.ts';

/** An HTTP task has a minute, whatever its own timeout (AWS Step Functions, "Call HTTPS APIs"). */
const HTTP_TIMEOUT_MS = 60_000;

const ConnectionSchema = z.object({ ConnectionArn: z.string() });

const HttpArgumentsSchema = z
  .object({
    ApiEndpoint: z.url({ protocol: /^https?$/ }),
    Method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']),
    Authentication: ConnectionSchema.optional(),
    InvocationConfig: ConnectionSchema.optional(),
    Headers: JsonObjectSchema.default({}),
    QueryParameters: z.union([JsonObjectSchema, z.string()]).default({}),
    RequestBody: JsonSchema.optional(),
    Transform: z
      .object({
        RequestBodyEncoding: z.enum(['NONE', 'URL_ENCODED']).default('NONE'),
        RequestEncodingOptions: z.object({ ArrayFormat: z.enum(ARRAY_FORMATS).optional() }).default({}),
      })
      .default({ RequestBodyEncoding: 'NONE', RequestEncodingOptions: {} }),
  })
  .refine((args) => args.Authentication !== undefined || args.InvocationConfig !== undefined, {
    message: "either 'Authentication' or 'InvocationConfig' must name a connection",
  });

type HttpArguments = z.infer<typeof HttpArgumentsSchema>;

/** Headers that a task may not set (AWS Step Functions, "HTTP Task fields"). */
const REFUSED_HEADERS = new Set([
  ...['a-im', 'accept-charset', 'accept-datetime', 'accept-encoding', 'cache-control', 'connection'],
  ...['content-encoding', 'content-md5', 'date', 'expect', 'forwarded', 'from', 'host', 'http2-settings'],
  ...['if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'max-forwards'],
  ...['origin', 'pragma', 'proxy-authorization', 'referer', 'server', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'via', 'warning'],
]);

/** What an HTTP task calls with. */
export interface HttpTaskPorts {
  readonly http: HttpPort;
  readonly connections: ConnectionStore;
}

/**
 * Makes the call of an `http:invoke` task. Throws States.Http.StatusCode.<status>, whose cause is the body of the answer;
 * States.Http.Socket where no answer came; States.Runtime for a call that may not, or cannot, be made.
 */
export async function callHttpTask(ports: HttpTaskPorts, request: ServiceRequest): Promise<JsonObject> {
  const args = readArguments(request.args);
  const connection = await findConnection(ports.connections, args);
  const { body, contentType } = writeBody(args, connection);
  const answer = await sendGuarded(ports.http, 'invoke', {
    url: writeUrl(args, connection),
    method: args.Method,
    headers: {
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...readHeaders(args.Headers),
      'user-agent': 'Amazon|StepFunctions|HttpInvoke|local',
      range: 'bytes=0-262144',
      ...connection.headers,
    },
    body,
    timeoutMs: HTTP_TIMEOUT_MS,
    signal: request.signal,
  });
  refuseBinary(answer);
  if (answer.status >= 400) {
    throw new ServiceFailure(`States.Http.StatusCode.${answer.status}`, causeOf(answer));
  }
  return describeAnswer(answer);
}

function readArguments(args: Json): HttpArguments {
  const parsed = HttpArgumentsSchema.safeParse(args);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw unusable(`The arguments of the HTTP task are wrong: ${reasons.join('; ')}`);
}

async function findConnection(store: ConnectionStore, args: HttpArguments): Promise<Connection> {
  const arn = (args.InvocationConfig ?? args.Authentication)?.ConnectionArn ?? '';
  const name = /:connection\/([^/]+)/.exec(arn)?.[1];
  if (name === undefined) throw unusable(`'${arn}' is no ARN of an EventBridge connection`);
  const found = await store.find(name);
  if (found !== undefined) return found;
  throw new ServiceFailure(
    'Events.ConnectionResource.ResourceNotFound',
    `The connection '${name}' is not known to this host; it has to be told of what the connection adds to calls`,
  );
}

function writeUrl({ ApiEndpoint, QueryParameters }: HttpArguments, connection: Connection): string {
  const url = new URL(ApiEndpoint);
  if (typeof QueryParameters === 'string') {
    for (const [name, value] of new URLSearchParams(QueryParameters)) url.searchParams.append(name, value);
  } else {
    for (const [name, value] of Object.entries(QueryParameters)) {
      url.searchParams.delete(name);
      for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, textOf(item));
    }
  }
  for (const [name, value] of Object.entries(connection.query ?? {})) url.searchParams.set(name, value);
  return url.href;
}

function readHeaders(headers: JsonObject): Record<string, string> {
  const read = Object.entries(headers).map(([name, value]): [string, string] => {
    const small = name.toLowerCase();
    if (REFUSED_HEADERS.has(small) || /^x-(?:forwarded|amz|amzn)/.test(small)) {
      throw unusable(`An HTTP task may not set the header '${name}'`);
    }
    return [small, Array.isArray(value) ? value.map(textOf).join(',') : textOf(value)];
  });
  return Object.fromEntries(read);
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function writeBody(
  { RequestBody, Transform }: HttpArguments,
  connection: Connection,
): { body: string | undefined; contentType: string | undefined } {
  const added = connection.body;
  const body: Json | undefined =
    added === undefined || Object.keys(added).length === 0 ? RequestBody : mergedBody(RequestBody, added);
  if (body === undefined) return { body: undefined, contentType: undefined };
  if (Transform.RequestBodyEncoding === 'NONE') {
    return { body: textOf(body), contentType: 'application/json; charset=UTF-8' };
  }
  const object = JsonObjectSchema.safeParse(body);
  if (!object.success) throw unusable('A body that is to be URL_ENCODED must be an object');
  const format = Transform.RequestEncodingOptions.ArrayFormat ?? 'INDICES';
  return { body: encodeForm(object.data, format), contentType: 'application/x-www-form-urlencoded' };
}

/** A connection's parameters come before those of the task. */
function mergedBody(body: Json | undefined, added: Readonly<Record<string, string>>): JsonObject {
  const object = JsonObjectSchema.safeParse(body ?? {});
  if (object.success) return { ...object.data, ...added };
  throw unusable('A body that is no object cannot take the parameters of the connection');
}

/** Sends a call, and gives what goes wrong the names that Step Functions has for it. */
export async function sendGuarded(
  http: HttpPort,
  resource: string,
  call: Parameters<HttpPort['send']>[0],
): Promise<HttpAnswer> {
  try {
    return await http.send(call);
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    if (error.reason === 'forbidden') throw unusable(error.message, { cause: error });
    if (error.reason === 'too-large') throw resultTooLarge(resource);
    throw new ServiceFailure('States.Http.Socket', error.message, { cause: error });
  }
}

/** Answers that are no text fail the task (AWS Step Functions, "Unsupported HTTP Task responses"). */
function refuseBinary({ headers }: HttpAnswer): void {
  const type = headers['content-type'] ?? '';
  if (/^(?:application\/octet-stream|image\/|video\/|audio\/)/i.test(type)) {
    throw unusable(`The answer is of the type '${type}', which an HTTP task cannot read`);
  }
}

function causeOf(answer: HttpAnswer): string {
  const body = parseBody(answer);
  return typeof body === 'string' ? body : JSON.stringify(body);
}
