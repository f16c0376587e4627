import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { placeBelow } from '#core/json-depth.ts';
import type { HttpRequest } from './http.ts';
import type { ApiPorts } from './ports.ts';

/** Schema of a part that a route does not read. */
export const UNREAD = z.unknown();

/** Schema of a body that is taken as the text it is. */
export const TEXT = z.string();

/** What a route answers: a status it names, and a document of that status's schema. */
export interface RouteAnswer {
  readonly status: number;
  /** JSON; or a text, where the route, or the answer itself, says of which type. */
  readonly document: unknown;
  /** Media type of this answer, where it is a text. */
  readonly text?: string;
}

/** A request with its parts checked. */
export interface RouteRequest<Query, Body> {
  readonly params: PathParameters;
  readonly query: Query;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;
}

/** What stands in the place of a path's parameters, decoded. */
export type PathParameters = Readonly<Record<string, string>>;

/** What of a route the OpenAPI document tells. */
export interface RouteDescription {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With parameters in braces, such as `/v1/executions/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  /** What it answers when all is well, by status. */
  readonly answers: Readonly<Record<number, RouteAnswerDescription>>;
  /** The list of its answer whose entries are given as lines to who wants lines. */
  readonly lines?: string;
}

/** One answer of a route. */
export interface RouteAnswerDescription {
  readonly description: string;
  readonly schema: z.ZodType;
  /** Media type of an answer that is a text and no JSON. */
  readonly text?: string;
  /** Media types that it may have besides. */
  readonly otherTexts?: readonly string[];
}

/** A route as its file writes it. */
export interface RouteDefinition<Query extends z.ZodType, Body extends z.ZodType> extends RouteDescription {
  readonly query: Query;
  readonly body: Body;
  serve(ports: ApiPorts, request: RouteRequest<z.infer<Query>, z.infer<Body>>): Promise<RouteAnswer>;
}

/** A route, whatever its schemas. */
export interface Route extends RouteDescription {
  /** Checks the parts of a request and serves it. Throws SW4001 for a part that is not as it should be. */
  serve(ports: ApiPorts, request: HttpRequest, params: PathParameters): Promise<RouteAnswer>;
}

/** Makes a route of its definition. */
export function defineRoute<Query extends z.ZodType, Body extends z.ZodType>(
  definition: RouteDefinition<Query, Body>,
): Route {
  const { serve, ...description } = definition;
  return {
    ...description,
    serve: async (ports, request, params) =>
      serve(ports, {
        params,
        headers: request.headers,
        query: parsePart('query', definition.query, request.query),
        body: parsePart('body', definition.body, readBody(request, definition.body)),
      }),
  };
}

/** How deep a body may be nested: an input as deep as the engine takes, and what is around it. */
const DEEPEST = 1_010;

function readBody({ body = '' }: HttpRequest, schema: z.ZodType): unknown {
  if (schema === TEXT) return body;
  if (schema === UNREAD) return undefined;
  if (body === '') return {};
  if (placeBelow(body, DEEPEST) !== undefined) {
    throw badRequest(`the body is nested more than ${DEEPEST} levels deep`);
  }
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw badRequest(`the body is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function parsePart<Schema extends z.ZodType>(part: string, schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const list = parsed.error.issues.map(({ path, message }) => `${[part, ...path].join('.')}: ${message}`);
  throw badRequest(list.join('; '));
}

function badRequest(message: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4001',
    kind: 'invalid',
    message,
    hint: 'GET /v1/openapi.json says what each request takes',
  });
}
