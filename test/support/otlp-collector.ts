import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { ReceivingServer } from './receiving-server.ts';

const ValueSchema = z
  .union([
    z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
    z.object({ intValue: z.number() }).transform(({ intValue }) => intValue),
    z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
    z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
  ])
  .or(z.unknown());
const AttributesSchema = z
  .array(z.object({ key: z.string(), value: ValueSchema }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])));
const NanosSchema = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => Number(BigInt(text) / 1_000_000n));

/** A span as OTLP has it in JSON (OpenTelemetry Protocol 1, "JSON Protobuf Encoding"). */
const SpanSchema = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: NanosSchema,
  endTimeUnixNano: NanosSchema,
  attributes: AttributesSchema,
  events: z.array(z.object({ name: z.string() })).default([]),
  links: z.array(z.object({ spanId: z.string() })).default([]),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }),
});

/** A span that has come. */
export type CollectedSpan = z.infer<typeof SpanSchema>;

const TracesSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: AttributesSchema }),
      scopeSpans: z.array(z.object({ spans: z.array(SpanSchema) })),
    }),
  ),
});

const PointSchema = z.looseObject({
  attributes: AttributesSchema,
  startTimeUnixNano: NanosSchema,
  timeUnixNano: NanosSchema,
});
const MetricSchema = z.object({
  name: z.string(),
  unit: z.string(),
  description: z.string(),
  sum: z
    .object({
      isMonotonic: z.boolean(),
      aggregationTemporality: z.number(),
      dataPoints: z.array(PointSchema),
    })
    .optional(),
  gauge: z.object({ dataPoints: z.array(PointSchema) }).optional(),
  histogram: z.object({ aggregationTemporality: z.number(), dataPoints: z.array(PointSchema) }).optional(),
});

/** A metric that has come. */
export type CollectedMetric = z.infer<typeof MetricSchema>;

const MetricsSchema = z.object({
  resourceMetrics: z.array(z.object({ scopeMetrics: z.array(z.object({ metrics: z.array(MetricSchema) })) })),
});

/** A collector of OTLP over HTTP in JSON, on this machine. */
export class OtlpCollector implements AsyncDisposable {
  readonly spans: CollectedSpan[] = [];
  readonly resources: Readonly<Record<string, unknown>>[] = [];
  /** Those that came last. */
  metrics: readonly CollectedMetric[] = [];
  /** What it answers; 200 is well. */
  status = 200;
  readonly #news = new EventEmitter();
  #server: ReceivingServer | undefined;

  static async start(): Promise<OtlpCollector> {
    const collector = new OtlpCollector();
    collector.#server = await ReceivingServer.start((response, received) => {
      collector.#take(response, received);
    });
    return collector;
  }

  get url(): string {
    return `http://${this.#server?.host ?? ''}`;
  }

  get received(): ReceivingServer['received'] {
    return this.#server?.received ?? [];
  }

  /** Resolves when what has come is as it is waited for. */
  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await once(this.#news, 'news');
  }

  #take(response: ServerResponse, { path, body }: ReceivingServer['received'][number]): void {
    response.writeHead(this.status, { 'content-type': 'application/json' }).end('{}');
    if (this.status === 200 && body.startsWith('{')) {
      if (path === '/v1/traces') this.#takeTraces(body);
      if (path === '/v1/metrics') this.#takeMetrics(body);
    }
    this.#news.emit('news');
  }

  #takeTraces(body: string): void {
    for (const { resource, scopeSpans } of TracesSchema.parse(JSON.parse(body)).resourceSpans) {
      this.resources.push(resource.attributes);
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
    }
  }

  #takeMetrics(body: string): void {
    const { resourceMetrics } = MetricsSchema.parse(JSON.parse(body));
    this.metrics = resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}
