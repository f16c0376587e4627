import { setTimeout as pause } from 'node:timers/promises';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { type MetricProducer, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import type { MetricReading } from '../metrics.ts';
import { CollectorWatch } from './collector-watch.ts';
import { metricExporter, spanExporter } from './exporters.ts';
import { toScopeMetrics } from './otel-metrics.ts';
import { toHrTime, toReadableSpan } from './otel-span.ts';
import type { OtlpSettings } from './settings.ts';
import type { Telemetry, TelemetryOptions } from './telemetry.ts';

/** So many spans wait for the collector, and so many are sent at once. */
const MOST_SPANS_WAITING = 8_192;
const SPANS_AT_ONCE = 512;
/** Spans are sent so long after the first of them, in ms. */
const SPANS_REST_MS = 2_000;
/** How long the end may take, in ms. */
const CLOSE_MS = 3_000;

/**
 * Tells a collector by OTLP over HTTP, with the exporters of OpenTelemetry: they try again what may succeed, and give up in time. This
 * file is loaded where telemetry is asked for, and nowhere else.
 */
export async function startOtlp(options: TelemetryOptions): Promise<Telemetry> {
  const { settings, version, readMetrics } = options;
  const watch = new CollectorWatch(options.report);
  const resource = resourceFromAttributes({
    'service.name': 'stepwright',
    'service.version': version,
    'process.pid': process.pid,
  }).merge(detectResources({ detectors: [envDetector] }));
  const spans = settings.exports.traces ? await startSpans(settings, watch) : undefined;
  const metrics =
    settings.exports.metrics && readMetrics !== undefined
      ? await startMetrics({ ...options, readMetrics }, resource, watch)
      : undefined;
  return {
    settings,
    tell: (told) => spans?.tell(told.map((span) => toReadableSpan(span, { resource, version }))),
    close: async () => {
      // A collector that takes nothing must not hold up the end.
      const end = new AbortController();
      const late = pause(CLOSE_MS, undefined, { signal: end.signal, ref: false }).catch(() => undefined);
      const closing = Promise.allSettled([spans?.close(), metrics?.shutdown()]);
      await Promise.race([closing, late]);
      end.abort();
    },
  };
}

interface SpanSink {
  tell(spans: readonly ReadableSpan[]): void;
  close(): Promise<void>;
}

async function startSpans(settings: OtlpSettings, watch: CollectorWatch): Promise<SpanSink> {
  const exporter = await spanExporter(settings);
  let waiting = 0;
  const processor = new BatchSpanProcessor({
    exporter: {
      export: (batch, done) => {
        waiting -= batch.length;
        exporter.export(batch, watched(watch, done));
      },
      shutdown: () => exporter.shutdown(),
    },
    ...{ maxQueueSize: MOST_SPANS_WAITING, maxExportBatchSize: SPANS_AT_ONCE },
    scheduledDelayMillis: SPANS_REST_MS,
  });
  return {
    tell: (spans) => {
      const room = Math.max(0, MOST_SPANS_WAITING - waiting);
      for (const span of spans.slice(0, room)) processor.onEnd(span);
      waiting += Math.min(room, spans.length);
      if (spans.length > room) watch.failed(new Error(`${MOST_SPANS_WAITING} spans wait for it already`));
    },
    close: () => processor.shutdown(),
  };
}

/** Everything of OpenTelemetry's own is in one reader, which is given metrics by us in place of its own instruments. */
async function startMetrics(
  {
    settings,
    version,
    readMetrics,
  }: Pick<TelemetryOptions, 'settings' | 'version'> & { readMetrics(): Promise<MetricReading> },
  resource: Resource,
  watch: CollectorWatch,
): Promise<PeriodicExportingMetricReader> {
  const exporter = await metricExporter(settings);
  const startTime = toHrTime(Date.now() - process.uptime() * 1_000);
  const producer: MetricProducer = {
    collect: async () => {
      const telling = { startTime, endTime: toHrTime(Date.now()), version };
      const scopeMetrics = [toScopeMetrics(await readMetrics(), telling)];
      return { resourceMetrics: { resource, scopeMetrics }, errors: [] };
    },
  };
  const reader = new PeriodicExportingMetricReader({
    exporter: {
      export: (metrics, done) => exporter.export(metrics, watched(watch, done)),
      forceFlush: () => exporter.forceFlush(),
      shutdown: () => exporter.shutdown(),
    },
    exportIntervalMillis: settings.metricsEveryMs,
  });
  reader.setMetricProducer(producer);
  return reader;
}

function watched(
  watch: CollectorWatch,
  done: (result: ExportResult) => void,
): (result: ExportResult) => void {
  return (result) => {
    if (result.code === ExportResultCode.SUCCESS) watch.succeeded();
    else watch.failed(result.error);
    done(result);
  };
}
