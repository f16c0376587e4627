import { expect } from 'vitest';
import type { z } from 'zod';
import type { Api } from '#api/api.ts';
import type { HttpRequest } from '#api/http.ts';
import { ProblemSchema } from '#api/problem.ts';
import { ROUTES } from '#api/routes.ts';
import { type Json, JsonSchema } from '#core/json.ts';

/** What the API answered. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly document: Json;
}

/** Calls of an API in this process. */
export interface ApiCalls {
  call(method: string, target: string, more?: Partial<HttpRequest>): Promise<Answer>;
  /** Calls a route, and checks the answer against what the route says it answers with. */
  good(method: string, target: string, more?: Partial<HttpRequest>): Promise<Answer>;
  /** Calls a route that answers with a problem. */
  problem(
    method: string,
    target: string,
    more?: Partial<HttpRequest>,
  ): Promise<z.infer<typeof ProblemSchema>>;
}

/** A body of JSON. */
export function json(value: Json): { body: string } {
  return { body: JSON.stringify(value) };
}

/** Calls of an API. */
export function apiCalls(api: Api): ApiCalls {
  const call: ApiCalls['call'] = async (method, target, more = {}) => {
    const url = new URL(target, 'http://localhost');
    const query = Object.fromEntries(url.searchParams);
    const response = await api({ method, path: url.pathname, query, headers: {}, ...more });
    const document = JsonSchema.parse(JSON.parse(response.body));
    return { status: response.status, contentType: response.headers['content-type'], document };
  };
  return {
    call,
    good: async (method, target, more = {}) => {
      const answer = await call(method, target, more);
      const schema = schemaOf(method, target, answer.status);
      const told = `${method} ${target} answered ${answer.status} ${JSON.stringify(answer.document)}`;
      expect(schema, told).toBeDefined();
      expect(schema?.safeParse(answer.document).error?.issues).toBeUndefined();
      expect(answer.contentType).toBe('application/json');
      return answer;
    },
    problem: async (method, target, more = {}) => {
      const { status, contentType, document } = await call(method, target, more);
      expect(contentType).toBe('application/problem+json');
      const parsed = ProblemSchema.parse(document);
      expect(parsed.status).toBe(status);
      return parsed;
    },
  };
}

function schemaOf(method: string, target: string, status: number): z.ZodType | undefined {
  const path = new URL(target, 'http://localhost').pathname;
  const pattern = (route: { path: string }): RegExp =>
    new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  return ROUTES.find((one) => one.method === method && pattern(one).test(path))?.answers[status]?.schema;
}
