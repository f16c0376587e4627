import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { OtlpSettings } from './settings.ts';

/** What sends spans. Only the encoding that is used is loaded. */
export async function spanExporter(settings: OtlpSettings): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    settings.protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter(configOf(settings, 'traces'));
}

/** What sends metrics. */
export async function metricExporter(settings: OtlpSettings): Promise<PushMetricExporter> {
  const { OTLPMetricExporter } =
    settings.protocol === 'http/json'
      ? await import('@opentelemetry/exporter-metrics-otlp-http')
      : await import('@opentelemetry/exporter-metrics-otlp-proto');
  return new OTLPMetricExporter(configOf(settings, 'metrics'));
}

/** What is not said here, the exporter reads from the environment. */
function configOf({ endpoint }: OtlpSettings, signal: 'traces' | 'metrics'): { readonly url?: string } {
  return endpoint === undefined ? {} : { url: `${endpoint.replace(/\/$/, '')}/v1/${signal}` };
}
