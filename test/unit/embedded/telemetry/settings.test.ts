import { expect, test } from 'vitest';
import { StepwrightError } from '#core/error.ts';
import { otlpSettings } from '#embedded/telemetry/settings.ts';

const URL_OF = 'http://127.0.0.1:4318';

test.each([
  ['nobody says where', undefined, {}],
  ['the address is empty', undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
  ['it is switched off', URL_OF, { OTEL_SDK_DISABLED: 'true' }],
  ['both signals are', URL_OF, { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }],
])('nothing is sent where %s', (_why, endpoint, environment) => {
  expect(otlpSettings(endpoint, environment)).toBeUndefined();
});

test('what is not said is as OpenTelemetry has it', () => {
  expect(otlpSettings(URL_OF, {})).toEqual({
    ...{ endpoint: URL_OF, protocol: 'http/protobuf', exports: { traces: true, metrics: true } },
    ...{ ratio: 1, asCallerSays: true, metricsEveryMs: 60_000 },
  });
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: URL_OF }, { endpoint: undefined }],
  [
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: URL_OF, OTEL_METRICS_EXPORTER: 'none' },
    { exports: { traces: true, metrics: false } },
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: URL_OF, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    { protocol: 'http/json' },
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: URL_OF, OTEL_TRACES_SAMPLER: 'always_off' },
    { ratio: 0, asCallerSays: false },
  ],
  [
    {
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: URL_OF, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' },
      ...{ OTEL_TRACES_SAMPLER_ARG: '0.25', OTEL_METRIC_EXPORT_INTERVAL: '5000' },
    },
    { ratio: 0.25, asCallerSays: true, metricsEveryMs: 5_000 },
  ],
])('%o is taken', (environment, expected) => {
  expect(otlpSettings(undefined, environment)).toMatchObject(expected);
});

test.each([
  ['--otlp', 'collector:4318', {}],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://x' }],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', URL_OF, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }],
  ['OTEL_TRACES_EXPORTER', URL_OF, { OTEL_TRACES_EXPORTER: 'zipkin' }],
  ['OTEL_TRACES_SAMPLER', URL_OF, { OTEL_TRACES_SAMPLER: 'jaeger_remote' }],
  [
    'OTEL_TRACES_SAMPLER_ARG',
    URL_OF,
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'most' },
  ],
  ['OTEL_METRIC_EXPORT_INTERVAL', URL_OF, { OTEL_METRIC_EXPORT_INTERVAL: '1' }],
])('%s that cannot be is said, with what to write', (name, endpoint, environment) => {
  let thrown: unknown;
  try {
    otlpSettings(endpoint, environment);
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof StepwrightError)) throw new Error('nothing was said');
  expect([thrown.code, thrown.kind]).toEqual(['SW3016', 'invalid']);
  expect(thrown.message).toMatch(new RegExp(`^${name} is `));
  expect(thrown.hint).toMatch(/use|give/);
});
