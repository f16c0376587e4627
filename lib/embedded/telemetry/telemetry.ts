import type { StepwrightError } from '#core/error.ts';
import type { TraceSpan } from '#monitoring/traces/span.ts';
import type { MetricReading } from '../metrics.ts';
import type { OtlpSettings } from './settings.ts';

/** What tells a collector how this process does. */
export interface Telemetry {
  readonly settings: OtlpSettings;
  /** Takes spans, which are sent some time later; those that do not find room are dropped. */
  tell(spans: readonly TraceSpan[]): void;
  /** Sends what there is, for a few seconds at most. */
  close(): Promise<void>;
}

/** How telemetry is started. */
export interface TelemetryOptions {
  readonly settings: OtlpSettings;
  /** Version of Stepwright. */
  readonly version: string;
  /** Reads all metrics; undefined where there are none. */
  readonly readMetrics: (() => Promise<MetricReading>) | undefined;
  /** Told when the collector falls silent, and when it is well again. */
  report(trouble: StepwrightError | 'well again'): void;
}
