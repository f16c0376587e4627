import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { TraceSpan } from '#monitoring/traces/span.ts';

/** Who tells. */
export interface SpanSource {
  readonly resource: Resource;
  readonly version: string;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** A span as exporters of OpenTelemetry take it. */
export function toReadableSpan(span: TraceSpan, { resource, version }: SpanSource): ReadableSpan {
  const { traceId, failure } = span;
  const context = (spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  const own = context(span.spanId);
  return {
    name: span.name,
    kind: KINDS[span.role],
    spanContext: () => own,
    ...(span.parentSpanId === undefined ? {} : { parentSpanContext: context(span.parentSpanId) }),
    startTime: toHrTime(span.startedAt),
    endTime: toHrTime(span.endedAt),
    duration: toHrTime(span.endedAt - span.startedAt),
    ended: true,
    status:
      failure === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: `${failure.error}: ${failure.cause}` },
    attributes: { ...span.attributes, ...(failure === undefined ? {} : { 'error.type': failure.error }) },
    links: span.about.map((spanId) => ({ context: context(spanId) })),
    events: span.moments.map(({ name, at }) => ({ name, time: toHrTime(at) })),
    resource,
    instrumentationScope: { name: 'stepwright', version },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}

/** Ms since the Unix epoch, which may have fractions, as seconds and ns. */
export function toHrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
