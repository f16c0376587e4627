import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { AlertFileSchema } from '#definition/alert/alert.ts';
import { Source } from '#definition/source.ts';
import { projectAlerts } from '#infra/alert-files.ts';
import { ruleQuery } from '#infra/rule-query.ts';
import { TURN_MS } from '#monitoring/alerts/leased-evaluation.ts';
import { WAKE_DELAY_MS, WAKE_SLOT_MS } from '#monitoring/alerts/wake.ts';
import { type Synthesised, synthesise } from './synthesise.ts';

const RULES = `stepwright: 1
alerts: plant
rules:
  - id: failing
    severity: critical
    where: "workflow = 'rollout'"
    when: { rate: { of: execution.failed, above: 2, over: 10m } }
  - id: nothing-runs
    severity: critical
    when: { absence: { of: execution.succeeded, for: 1h } }
  - id: slow
    severity: warning
    when: { threshold: { metric: execution.duration, above: 600 } }
`;

let folder = '';
let stacks: Synthesised;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-alerting-'));
  mkdirSync(join(folder, 'alerts'));
  writeFileSync(join(folder, 'stepwright.yaml'), 'stepwright: 1\nproject: plant\n');
  writeFileSync(join(folder, 'alerts', 'plant.yaml'), RULES);
  stacks = synthesise({ project: folder });
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const AlarmSchema = z.object({
  Properties: z.looseObject({ AlarmName: z.string(), MetricName: z.string().optional() }),
});

/** Names of all alarms. */
function alarms(): readonly string[] {
  const { state, runtime, api, monitoring } = stacks;
  return [state, runtime, api, monitoring].flatMap((template) =>
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      (alarm) => AlarmSchema.parse(alarm).Properties.AlarmName,
    ),
  );
}

test('the alert files of the project are published when it is deployed', () => {
  const published = stacks.runtime.findResources('Custom::StepwrightAlerts');
  expect(Object.values(published)).toMatchObject([{ Properties: { document: 'plant.alerts' } }]);
});

test('a file of alerts with errors is refused', () => {
  writeFileSync(join(folder, 'alerts', 'broken.yaml'), 'stepwright: 1\nalerts: broken\nrules: [{ id: x }]\n');
  expect(() => projectAlerts(folder)).toThrow(/the project has errors/);
  rmSync(join(folder, 'alerts', 'broken.yaml'));
});

test('alerts are looked at each minute and when something happens, by one function at a time', () => {
  const { monitoring } = stacks;
  monitoring.hasResourceProperties('AWS::SQS::Queue', {
    ...{ FifoQueue: true, ContentBasedDeduplication: true, DelaySeconds: WAKE_DELAY_MS / 1_000 },
    VisibilityTimeout: 60,
  });
  monitoring.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 minute)',
    Targets: [{ SqsParameters: { MessageGroupId: 'alerts' }, Input: Match.absent() }],
  });
  monitoring.hasResourceProperties('AWS::Lambda::Function', {
    Description: Match.stringLikeRegexp('Evaluates alerts'),
    ...{ Timeout: 60, Environment: { Variables: Match.objectLike({ AWS_MAX_ATTEMPTS: '8' }) } },
  });
  // A turn outlasts whoever has it; what was told while one was heard for all has settled in the feed when it is looked.
  expect(TURN_MS).toBeGreaterThan(60_000);
  expect(WAKE_DELAY_MS).toBeGreaterThanOrEqual(WAKE_SLOT_MS + 2_000);
});

test('every function has an alarm of its errors, and what no event tells of has others', () => {
  const functions = [stacks.runtime, stacks.api, stacks.monitoring].flatMap((template) =>
    Object.values(template.findResources('AWS::Lambda::Function')),
  );
  const names = alarms();
  expect(names.filter((name) => name.endsWith('-errors'))).toHaveLength(functions.length);
  expect(names.filter((name) => !name.endsWith('-errors')).sort()).toEqual([
    ...['stepwright-alarm-alerts-stand-still', 'stepwright-alarm-api-faults'],
    ...[
      'stepwright-alarm-deadlines-wait',
      'stepwright-alarm-deliveries-wait',
      'stepwright-alarm-events-late',
    ],
    ...['stepwright-alarm-gsi1-read-throttles', 'stepwright-alarm-gsi1-write-throttles'],
    ...['stepwright-alarm-gsi2-read-throttles', 'stepwright-alarm-gsi2-write-throttles'],
    ...['stepwright-alarm-lambda-throttles', 'stepwright-alarm-monitoring-dead-letters'],
    ...['stepwright-alarm-notifications-failed', 'stepwright-alarm-runtime-dead-letters'],
    ...['stepwright-alarm-state-transition-throttles', 'stepwright-alarm-table-read-throttles'],
    ...['stepwright-alarm-table-write-throttles', 'stepwright-alarm-unwind-failed'],
    ...['stepwright-alarm-unwind-timed-out', 'stepwright-rule-plant.failing'],
    'stepwright-rule-plant.nothing-runs',
  ]);
});

test('that nobody looks is an alarm where nothing is measured, too; else nothing is no alarm', () => {
  stacks.monitoring.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'stepwright-alarm-alerts-stand-still',
    ...{ MetricName: 'Invocations', ComparisonOperator: 'LessThanThreshold', Threshold: 1 },
    ...{ TreatMissingData: 'breaching', DatapointsToAlarm: 5, EvaluationPeriods: 5, Period: 60 },
  });
  stacks.monitoring.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'stepwright-alarm-events-late',
    ...{ MetricName: 'IteratorAge', ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: 60_000 },
    ...{ TreatMissingData: 'notBreaching', DatapointsToAlarm: 3 },
  });
});

test('alarms are told as events, and on a topic that takes no function of ours', () => {
  stacks.monitoring.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      ...{ source: ['aws.cloudwatch'], 'detail-type': ['CloudWatch Alarm State Change'] },
      detail: { alarmName: [{ prefix: 'stepwright-alarm-' }] },
    },
    Targets: [
      { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^tellalarm'), 'Arn'] }, DeadLetterConfig: {} },
      { Arn: { Ref: Match.stringLikeRegexp('^ToldAlarms') }, DeadLetterConfig: {} },
    ],
  });
});

test('critical rules that CloudWatch can ask are told of by it where nobody looks', () => {
  stacks.monitoring.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'stepwright-rule-plant.failing',
    ...{ Threshold: 2, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching' },
    Metrics: [
      {
        ...{ Id: 'rule', Period: 600, ReturnData: true },
        Expression:
          "SELECT SUM(ExecutionsEnded) FROM SCHEMA(Stepwright, service, workflow, status) WHERE status = 'FAILED' AND workflow = 'rollout'",
      },
    ],
  });
  stacks.monitoring.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'stepwright-rule-plant.nothing-runs',
    ...{ Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
  });
  stacks.monitoring.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
    AlarmName: 'stepwright-alarm-rules-unattended',
    AlarmRule:
      'ALARM("stepwright-alarm-alerts-stand-still") AND (ALARM("stepwright-rule-plant.failing") OR ALARM("stepwright-rule-plant.nothing-runs"))',
  });
});

test('cdk-nag has nothing against them', () => {
  expect(stacks.findings).toEqual([]);
});

/** What CloudWatch asks instead of a rule. */
function asked(when: string, more = ''): string | undefined {
  const text = `stepwright: 1\nalerts: a\nrules:\n  - { id: r, severity: info, when: ${when}${more} }\n`;
  const [rule] = AlertFileSchema.parse(Source.parse('a.yaml', text).value).rules;
  const found = rule && ruleQuery(rule);
  return found && `${found.query} ${found.isBelow ? '<' : '>'} ${found.bound} over ${found.periodSeconds} s`;
}

test.each([
  [
    'a count of failures, of whatever status',
    '{ threshold: { metric: command.failures, above: 5, over: 15m } }',
    "SELECT SUM(CommandsEnded) FROM SCHEMA(Stepwright, service, workflow, command, status) WHERE status != 'SUCCEEDED' AND status != 'CANCELLED' > 5 over 900 s",
  ],
  [
    'what executions have cost together',
    '{ threshold: { metric: execution.spending, above: 5, over: 3h } }',
    'SELECT SUM(ExecutionCost) FROM SCHEMA(Stepwright, service, workflow) > 5 over 10800 s',
  ],
  [
    'a mean that is too low, over the default time',
    '{ threshold: { metric: lease.wait, below: 2 } }',
    'SELECT AVG(LeaseWait) FROM SCHEMA(Stepwright, service, pool) < 2 over 300 s',
  ],
])('CloudWatch can ask for %s', (_, when, query) => {
  expect(asked(when)).toBe(query);
});

test.each([
  ['shares', '{ rate: { of: execution.failed, outOf: execution.ended, above: 0.1, over: 1h } }', ''],
  ['quantiles', '{ threshold: { metric: execution.duration, quantile: 0.95, above: 1 } }', ''],
  ['how long something has been so', '{ threshold: { metric: execution.age, above: 1 } }', ''],
  ['what no metric counts', '{ rate: { of: approval.voted, above: 1, over: 1h } }', ''],
  ['silence of devices', '{ absence: { of: device.heartbeat, for: 5m } }', ''],
  ['what is usual', '{ anomaly: { metric: execution.starts, over: 1h } }', ''],
  ['each of several values', '{ threshold: { metric: execution.starts, above: 1 } }', ', by: [workflow]'],
  ['other fields', '{ threshold: { metric: execution.starts, above: 1 } }', `, where: "alias = 'a'"`],
  [
    'a workflow of what has none',
    '{ rate: { of: device.offline, above: 1, over: 1h } }',
    `, where: "workflow = 'a'"`,
  ],
  ['parts of minutes', '{ rate: { of: execution.failed, above: 1, over: 90s } }', ''],
  ['more than three hours', '{ rate: { of: execution.failed, above: 1, over: 4h } }', ''],
])('CloudWatch cannot ask for %s', (_, when, more) => {
  expect(asked(when, more)).toBeUndefined();
});
