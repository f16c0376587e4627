import { randomBytes } from 'node:crypto';
import type { Api } from '#api/api.ts';
import type { HttpRequest, HttpResponse } from '#api/http.ts';
import type { Clock } from '#core/clock.ts';
import {
  formatTraceparent,
  isInRatio,
  parseTraceparent,
  type TraceContext,
  traceIdOf,
} from '#core/trace-context.ts';
import { makeSpan, type TraceSpan } from '#monitoring/traces/span.ts';
import type { OtlpSettings } from './settings.ts';
import type { Telemetry } from './telemetry.ts';

/** What starts executions: the beginning of a trace, unless the caller has begun one. */
const ROUTE = '/v1/workflows/{name}/executions';
const PATH = /^\/v1\/workflows\/[^/]+\/executions\/?$/;

/** An API of which each call that starts an execution has a span, which the execution is under. */
export function tracedApi(api: Api, telemetry: Telemetry, clock: Clock): Api {
  const { settings } = telemetry;
  if (!settings.exports.traces) return api;
  return async (request) => {
    if (request.method !== 'POST' || !PATH.test(request.path)) return api(request);
    const startedAt = clock.now();
    const caller = parseTraceparent(request.headers['traceparent']);
    const own = contextOf(caller, startedAt, settings);
    const headers = { ...request.headers, traceparent: formatTraceparent(own) };
    let response: HttpResponse | undefined;
    try {
      response = await api({ ...request, headers });
      return response;
    } finally {
      const call = { own, caller, startedAt, endedAt: clock.now() };
      if (own.isSampled) telemetry.tell([spanOf(request, response, call)]);
    }
  };
}

function contextOf(caller: TraceContext | undefined, at: number, settings: OtlpSettings): TraceContext {
  const traceId = caller?.traceId ?? traceIdOf(randomBytes(16).toString('hex'), at);
  const isSampled =
    caller !== undefined && settings.asCallerSays ? caller.isSampled : isInRatio(traceId, settings.ratio);
  return { traceId, spanId: randomBytes(8).toString('hex'), isSampled };
}

interface TracedCall {
  readonly own: TraceContext;
  readonly caller: TraceContext | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Named and described by the semantic conventions ("Semantic conventions for HTTP spans"). */
function spanOf(
  { method, path }: HttpRequest,
  response: HttpResponse | undefined,
  { own, caller, startedAt, endedAt }: TracedCall,
): TraceSpan {
  const status = response?.status ?? 500;
  return makeSpan(own.traceId, {
    ...{ spanId: own.spanId, parentSpanId: caller?.spanId, name: `${method} ${ROUTE}`, role: 'server' },
    ...{ startedAt, endedAt },
    failure:
      status < 500 ? undefined : { error: String(status), cause: 'the server could not serve the call' },
    attributes: {
      'http.request.method': method,
      'http.route': ROUTE,
      'url.path': path,
      'http.response.status_code': status,
    },
  });
}
