import { createHash } from 'node:crypto';
import { xrayTraceId } from '#core/xray-header.ts';
import type { TraceSpan } from '#monitoring/traces/span.ts';

/** So many spans of an execution are written: a trace of X-Ray has 500 KB (AWS X-Ray Developer Guide, "Quotas"). */
export const MOST_SEGMENTS = 400;
/** A name has no other characters, and no more (AWS X-Ray Developer Guide, "Segment documents"). */
const NOT_IN_NAMES = /[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu;
const LONGEST_NAME = 200;

/**
 * Spans as segment documents of X-Ray. An execution and what a device had of a command are segments, and so places on the map of
 * the trace; what is between is a subsegment on its own. Only what people look for is annotated: X-Ray indexes 50 annotations of a trace.
 */
export function segmentDocuments(spans: readonly TraceSpan[]): readonly string[] {
  return spans.slice(0, MOST_SEGMENTS).map((span) => JSON.stringify(segmentOf(span)));
}

function segmentOf(span: TraceSpan) {
  const { attributes, failure, moments } = span;
  const path = attributes['stepwright.step.path'];
  const device = attributes['stepwright.device.id'];
  const isExecution = attributes['stepwright.execution.status'] !== undefined;
  const isDevice = span.role === 'server' && device !== undefined;
  return {
    name: nameOf(isDevice ? 'devices' : span.name),
    id: span.spanId,
    trace_id: xrayTraceId(span.traceId),
    ...(span.parentSpanId === undefined ? {} : { parent_id: span.parentSpanId }),
    ...(isExecution || isDevice ? {} : { type: 'subsegment' }),
    ...(span.role === 'client' ? { namespace: 'remote' } : {}),
    start_time: span.startedAt / 1_000,
    end_time: span.endedAt / 1_000,
    ...(failure === undefined ? {} : { fault: true, cause: causeOf(span.spanId, failure) }),
    annotations: {
      ...(isExecution
        ? {
            execution: attributes['stepwright.execution.id'],
            workflow: attributes['stepwright.workflow.name'],
          }
        : {}),
      ...(isDevice ? { device } : {}),
    },
    metadata: {
      stepwright: { ...attributes, ...(path === undefined ? {} : { moments }), about: span.about },
    },
  };
}

function nameOf(text: string): string {
  return text.replace(NOT_IN_NAMES, '-').slice(0, LONGEST_NAME);
}

function causeOf(spanId: string, { error, cause }: NonNullable<TraceSpan['failure']>) {
  const id = createHash('sha256').update(spanId).digest('hex').slice(0, 16);
  return { exceptions: [{ id, type: error, message: cause }] };
}
