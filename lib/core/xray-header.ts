import type { TraceContext } from './trace-context.ts';

const ROOT = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/;
const SPAN = /^[0-9a-f]{16}$/;

/**
 * Reads the header `X-Amzn-Trace-Id` (AWS X-Ray Developer Guide, "Tracing header"); undefined for what is none, or names no parent
 * yet.
 */
export function parseXRayHeader(text: string | undefined): TraceContext | undefined {
  const fields = new Map((text ?? '').split(';').map((field) => splitField(field.trim())));
  const [, seconds, rest] = ROOT.exec(fields.get('Root') ?? '') ?? [];
  const spanId = fields.get('Parent') ?? '';
  if (seconds === undefined || rest === undefined || !SPAN.test(spanId)) return undefined;
  return { traceId: `${seconds}${rest}`, spanId, isSampled: fields.get('Sampled') === '1' };
}

/** Writes the header `X-Amzn-Trace-Id`. */
export function formatXRayHeader({ traceId, spanId, isSampled }: TraceContext): string {
  return `Root=${xrayTraceId(traceId)};Parent=${spanId};Sampled=${isSampled ? 1 : 0}`;
}

/** The id of a trace as X-Ray writes it. */
export function xrayTraceId(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}

function splitField(field: string): readonly [string, string] {
  const at = field.indexOf('=');
  return [field.slice(0, at), field.slice(at + 1)];
}
