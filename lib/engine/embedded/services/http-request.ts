import * as z from 'zod';
import { type Json, type JsonObject, JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { ARRAY_FORMATS, encodeForm } from './form-encoding.ts';
import type { Connection } from './http-port.ts';
import { unusable, wrongArguments } from './service-failure.ts';

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

/** What an HTTP task is told to call. */
export type HttpArguments = z.infer<typeof HttpArgumentsSchema>;

/** Headers that a task may not set (AWS Step Functions, "HTTP Task fields"). */
const REFUSED_HEADERS = new Set([
  ...['a-im', 'accept-charset', 'accept-datetime', 'accept-encoding', 'cache-control', 'connection'],
  ...['content-encoding', 'content-md5', 'date', 'expect', 'forwarded', 'from', 'host', 'http2-settings'],
  ...['if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'max-forwards'],
  ...['origin', 'pragma', 'proxy-authorization', 'referer', 'server', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'via', 'warning'],
]);

/** Reads the arguments of an HTTP task. Throws States.Runtime with all that is wrong in them. */
export function readArguments(args: Json): HttpArguments {
  const parsed = HttpArgumentsSchema.safeParse(args);
  if (parsed.success) return parsed.data;
  throw wrongArguments('http:invoke', parsed.error);
}

/** The address with all parameters: a name that is given again replaces the one that was there. */
export function writeUrl({ ApiEndpoint, QueryParameters }: HttpArguments, connection: Connection): string {
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

/** Headers in small letters. Throws States.Runtime for one that a task may not set. */
export function readHeaders(headers: JsonObject): Record<string, string> {
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

/** The body as text, and its type; undefined for a call that has none. */
export function writeBody(
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
