import type { HttpRequest } from '#api/http.ts';
import { formatTraceparent } from '#core/trace-context.ts';
import { parseXRayHeader } from '#core/xray-header.ts';

/**
 * A request with the place in a trace that what it starts is under: that of its caller by W3C Trace Context, or else the segment that
 * X-Ray has of this call, which Lambda says in `_X_AMZN_TRACE_ID`.
 */
export function withTrace(request: HttpRequest, xray: string | undefined): HttpRequest {
  const context = parseXRayHeader(xray);
  if (request.headers['traceparent'] !== undefined || context === undefined) return request;
  return { ...request, headers: { ...request.headers, traceparent: formatTraceparent(context) } };
}
