import { StepwrightError } from '#core/error.ts';

/** Where telemetry goes, and how much of it. */
export interface OtlpSettings {
  /** Base address of the collector, where it was given by an option: `/v1/traces` and `/v1/metrics` are put behind it. */
  readonly endpoint: string | undefined;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly exports: { readonly traces: boolean; readonly metrics: boolean };
  /** Which share of the traces that begin here is kept; those that fail are kept besides. */
  readonly ratio: number;
  /** Whether a trace that a caller has begun is kept when the caller keeps it. */
  readonly asCallerSays: boolean;
  /** From one export of metrics to the next, in ms. */
  readonly metricsEveryMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ENDPOINTS = [
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
];
const DEFAULT_INTERVAL_MS = 60_000;

/**
 * Reads where telemetry goes from an option, and from the environment by the names that OpenTelemetry has ("Environment Variable
 * Specification", "OTLP Exporter Configuration"); headers, certificates, compression and timeouts are read by the exporter
 * itself. Undefined where nobody has said where. Throws SW3016.
 */
export function otlpSettings(
  endpoint: string | undefined,
  environment: Environment,
): OtlpSettings | undefined {
  const isAskedFor = endpoint !== undefined || ENDPOINTS.some((name) => isSet(environment[name]));
  if (!isAskedFor || environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined;
  const exports = {
    traces: isExported('OTEL_TRACES_EXPORTER', environment),
    metrics: isExported('OTEL_METRICS_EXPORTER', environment),
  };
  if (!exports.traces && !exports.metrics) return undefined;
  for (const name of ENDPOINTS) checkUrl(name, environment[name]);
  checkUrl('--otlp', endpoint);
  return {
    ...{ endpoint, protocol: protocolOf(environment), exports },
    ...samplerOf(environment),
    metricsEveryMs: intervalOf(environment),
  };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function isExported(name: string, environment: Environment): boolean {
  const value = environment[name];
  if (!isSet(value) || value === 'otlp') return true;
  if (value === 'none') return false;
  throw invalid(name, value, 'use "otlp" or "none"');
}

function checkUrl(name: string, value: string | undefined): void {
  if (!isSet(value)) return;
  const url = URL.parse(value);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw invalid(name, value, 'give the address of a collector, such as http://127.0.0.1:4318');
}

function protocolOf(environment: Environment): OtlpSettings['protocol'] {
  const value = environment['OTEL_EXPORTER_OTLP_PROTOCOL'];
  if (!isSet(value) || value === 'http/protobuf') return 'http/protobuf';
  if (value === 'http/json') return value;
  const hint = 'use "http/protobuf" or "http/json"; collectors take these on port 4318';
  throw invalid('OTEL_EXPORTER_OTLP_PROTOCOL', value, hint);
}

const SAMPLERS: Readonly<Record<string, { readonly fixed?: number; readonly asCallerSays: boolean }>> = {
  always_on: { fixed: 1, asCallerSays: false },
  always_off: { fixed: 0, asCallerSays: false },
  traceidratio: { asCallerSays: false },
  parentbased_always_on: { fixed: 1, asCallerSays: true },
  parentbased_always_off: { fixed: 0, asCallerSays: true },
  parentbased_traceidratio: { asCallerSays: true },
};

function samplerOf(environment: Environment): Pick<OtlpSettings, 'ratio' | 'asCallerSays'> {
  const { OTEL_TRACES_SAMPLER: name = '', OTEL_TRACES_SAMPLER_ARG: share = '' } = environment;
  const sampler = SAMPLERS[name === '' ? 'parentbased_always_on' : name];
  if (sampler === undefined)
    throw invalid('OTEL_TRACES_SAMPLER', name, `use one of ${Object.keys(SAMPLERS).join(', ')}`);
  const { fixed, asCallerSays } = sampler;
  const ratio = fixed ?? (share === '' ? 1 : Number(share));
  if (!(ratio >= 0 && ratio <= 1))
    throw invalid('OTEL_TRACES_SAMPLER_ARG', share, 'give a number from 0 to 1');
  return { ratio, asCallerSays };
}

function intervalOf({ OTEL_METRIC_EXPORT_INTERVAL: text }: Environment): number {
  if (!isSet(text)) return DEFAULT_INTERVAL_MS;
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms < 1_000 || ms > 86_400_000)
    throw invalid('OTEL_METRIC_EXPORT_INTERVAL', text, 'give a number of ms from 1000 on');
  return ms;
}

function invalid(name: string, value: string, hint: string): StepwrightError {
  return new StepwrightError({
    ...{ code: 'SW3016', kind: 'invalid', hint },
    message: `${name} is "${value}", which telemetry cannot be sent by`,
  });
}
