import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { emitMetrics } from '#functions/emit-metrics.ts';
import { cloudWatchMetric } from '#monitoring/metrics/cloud-watch.ts';
import { MOST_VALUES } from '#monitoring/metrics/registry.ts';

/** A line in the embedded metric format (CloudWatch, "Specification: Embedded metric format"). */
const LineSchema = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.tuple([
      z.object({
        Namespace: z.literal('Stepwright'),
        Dimensions: z.tuple([z.array(z.string()).max(30)]),
        Metrics: z.tuple([z.object({ Name: z.string(), Unit: z.string() })]),
      }),
    ]),
  }),
});

afterEach(() => void vi.restoreAllMocks());

/** What is written to the log. */
function logged(work: () => void): z.infer<typeof LineSchema>[] {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  work();
  return lines.map((line) => LineSchema.parse(JSON.parse(line)));
}

test('samples with the same labels are one line, with the dimensions that the dashboard asks for', () => {
  const labels = { workflow: 'a', status: 'FAILED' };
  const [line, ...others] = logged(() =>
    emitMetrics([
      { metric: 'stepwright_executions_ended', value: 1, labels },
      { metric: 'stepwright_executions_ended', value: 1, labels },
    ]),
  );
  expect(others).toEqual([]);
  expect(line).toMatchObject({ service: 'stepwright', ...labels, ExecutionsEnded: [1, 1] });
  expect(line?._aws.CloudWatchMetrics[0].Dimensions[0]).toEqual([
    ...cloudWatchMetric('stepwright_executions_ended').dimensions,
  ]);
});

test('what has no value has one that CloudWatch takes, and a line has no more values than may be', () => {
  const sample = {
    metric: 'stepwright_command_duration_seconds',
    value: 1,
    labels: { command: '' },
  } as const;
  const lines = logged(() => emitMetrics(Array(150).fill(sample)));
  expect(lines.map(({ CommandDuration, command }) => [command, [CommandDuration].flat().length])).toEqual([
    ['none', 99],
    ['none', 51],
  ]);
});

test('however many workflows there are, so many become metrics', () => {
  const samples = Array.from({ length: MOST_VALUES * 2 }, (_, at) => ({
    ...({ metric: 'stepwright_rollbacks', value: 1, labels: { workflow: `w${at}` } } as const),
  }));
  const workflows = new Set(logged(() => emitMetrics(samples)).map(({ workflow }) => workflow));
  expect(workflows.size).toBeLessThanOrEqual(MOST_VALUES + 1);
  expect(workflows).toContain('other');
});
