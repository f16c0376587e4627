import * as z from 'zod';
import { isJsonObject, type JsonObject, JsonObjectSchema } from '#core/json.ts';
import { JSON_LINES } from './lines.ts';
import { ProblemSchema } from './problem.ts';
import { type RouteDescription, TEXT, UNREAD } from './route.ts';

const METHODS_WITH_BODY = ['POST', 'PUT'];

/** The OpenAPI 3.1 document of routes, made from their schemas. */
export function openApiDocument(routes: readonly RouteDescription[], version: string): JsonObject {
  const schemas = new SchemaWriter();
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Stepwright', version, description: 'Workflows on fleets of devices.' },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(schemas.named),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** Writes zod schemas as JSON Schema; those that have an id are collected, and referred to. */
class SchemaWriter {
  readonly named = new Map<string, JsonObject>();

  write(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
    const written = z.toJSONSchema(z.object({ schema }), { io, unrepresentable: 'any' });
    const text = JSON.stringify(written).replaceAll('"#/$defs/', '"#/components/schemas/');
    const { properties, $defs } = WrittenSchema.parse(JSON.parse(text));
    for (const [id, { id: _id, ...definition }] of Object.entries($defs)) this.named.set(id, definition);
    return properties.schema;
  }
}

const WrittenSchema = z.object({
  properties: z.object({ schema: JsonObjectSchema }),
  $defs: z.record(z.string(), JsonObjectSchema).default({}),
});

function operation(route: RouteDescription, schemas: SchemaWriter): JsonObject {
  const answers = Object.entries(route.answers).map(
    ([status, { description, schema, text, otherTexts = [] }]) => [
      status,
      {
        description,
        content: {
          [text ?? 'application/json']: { schema: schemas.write(schema, 'output') },
          ...(route.lines === undefined ? {} : { [JSON_LINES]: { schema: { type: 'string' } } }),
          ...Object.fromEntries(otherTexts.map((type) => [type, { schema: { type: 'string' } }])),
        },
      },
    ],
  );
  const problem = {
    description: 'A problem (RFC 9457).',
    content: { 'application/problem+json': { schema: schemas.write(ProblemSchema, 'output') } },
  };
  return {
    operationId: operationId(route),
    summary: route.summary,
    parameters: [...pathParameters(route.path), ...queryParameters(route.query, schemas)],
    ...(METHODS_WITH_BODY.includes(route.method) && route.body !== UNREAD
      ? { requestBody: { content: bodyContent(route.body, schemas) } }
      : {}),
    responses: { ...Object.fromEntries(answers), default: problem },
  };
}

/** `getExecutionsIdSteps` of `GET /v1/executions/{id}/steps`. */
function operationId({ method, path }: RouteDescription): string {
  const words = path
    .replace('/v1', '')
    .split(/[^a-z]+/i)
    .filter(Boolean);
  const capitalised = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return [method.toLowerCase(), ...capitalised].join('');
}

function pathParameters(path: string): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodType, schemas: SchemaWriter): JsonObject[] {
  const written = query === UNREAD ? {} : schemas.write(query, 'input')['properties'];
  return Object.entries(isJsonObject(written) ? written : {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema,
  }));
}

function bodyContent(body: z.ZodType, schemas: SchemaWriter): JsonObject {
  if (body !== TEXT) return { 'application/json': { schema: schemas.write(body, 'input') } };
  const schema = { type: 'string', description: 'The text of a definition.' };
  return { 'application/yaml': { schema }, 'application/json': { schema: { type: 'object' } } };
}
