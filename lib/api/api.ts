import { StepwrightError } from '#core/error.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import type { ReportFiles } from '#reports/made/report-files.ts';
import { isAnswerPath, serveAnswer } from './answer/answer.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, textResponse } from './http.ts';
import { linesResponse, wantsLines } from './lines.ts';
import { openApiDocument } from './openapi.ts';
import { type ApiPorts, type MonitoringPorts, UNMONITORED } from './ports.ts';
import { toProblem } from './problem.ts';
import type { PathParameters, Route } from './route.ts';
import { ROUTES } from './routes.ts';

/**
 * Serves the HTTP API, the same behind API Gateway and embedded. Who may call it has been decided before,
 * but for who answers an approval by a link.
 */
export type Api = (request: HttpRequest) => Promise<HttpResponse>;

/** How the API is made. */
export interface ApiOptions {
  readonly ports: ExecutionPorts;
  /** What is known of what happens. Default: nothing. */
  readonly monitoring?: MonitoringPorts | undefined;
  /** Where reports are kept that were made. Default: none are. */
  readonly reportFiles?: ReportFiles | undefined;
  /** Version of Stepwright, told in the OpenAPI document. */
  readonly version: string;
}

const OPENAPI_PATH = '/v1/openapi.json';

/** Makes the API. What a request asks wrongly is answered with a problem; a defect is thrown. */
export function createApi({ monitoring = UNMONITORED, reportFiles, version, ...options }: ApiOptions): Api {
  const ports: ApiPorts = { ...options.ports, ...monitoring, reportFiles };
  return async (request) => {
    try {
      if (request.method === 'GET' && request.path === OPENAPI_PATH)
        return jsonResponse(200, openApiDocument(ROUTES, version));
      if (isAnswerPath(request.path)) return await serveAnswer(ports, request);
      const { route, params } = findRoute(request);
      const { status, document, text: own } = await route.serve(ports, request, params);
      const { lines } = route;
      const text = own ?? route.answers[status]?.text;
      if (text !== undefined) return textResponse(status, text, document);
      const asLines = lines !== undefined && wantsLines(request);
      return (asLines && linesResponse(request, document, lines)) || jsonResponse(status, document);
    } catch (error) {
      if (error instanceof StepwrightError) return toProblem(error);
      throw error;
    }
  };
}

const MATCHERS = ROUTES.map((route) => ({ route, segments: route.path.split('/') }));

function findRoute({ method, path }: HttpRequest): {
  readonly route: Route;
  readonly params: PathParameters;
} {
  const segments = (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path).split('/');
  const onPath = MATCHERS.flatMap(({ route, segments: pattern }) => {
    const params = match(pattern, segments);
    return params === undefined ? [] : [{ route, params }];
  });
  const found = onPath.find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  const methods = onPath.map(({ route }) => route.method).join(', ');
  throw new StepwrightError({
    code: 'SW4040',
    kind: 'not-found',
    message: `there is no ${method} ${path}`,
    hint: methods === '' ? `GET ${OPENAPI_PATH} tells what there is` : `this path takes ${methods}`,
  });
}

function match(pattern: readonly string[], segments: readonly string[]): PathParameters | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, part] of pattern.entries()) {
    const given = segments[at] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== given) return undefined;
    } else {
      const decoded = decode(given);
      if (decoded === undefined || decoded === '') return undefined;
      params[name] = decoded;
    }
  }
  return params;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
