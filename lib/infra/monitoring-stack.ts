import { join } from 'node:path';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Table as DynamoTable, type ITable, type Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { TOLD_PARTITIONS } from '#monitoring/events/events-of.ts';
import { LAST_WORDS } from '#monitoring/events/step-events.ts';
import { addLagAlarm, addThrottleAlarms } from './alarms.ts';
import type { DeployedAlerts } from './alert-files.ts';
import { Alerting, LOOK_TIMEOUT } from './alerting.ts';
import { deadLetters } from './dead-letters.ts';
import { letEscalate } from './escalations.ts';
import type { LiveApi } from './live-api.ts';
import { executionArns } from './machines.ts';
import { metricsDashboard } from './metrics-dashboard.ts';
import { PREFIX } from './names.ts';
import type { ReportBucket } from './report-bucket.ts';
import { ReportSchedule } from './report-schedule.ts';
import { RollUps } from './roll-ups.ts';
import { RuleAlarms } from './rule-alarms.ts';
import type { RuntimeStack } from './runtime-stack.ts';
import { ServiceFunction } from './service-function.ts';
import { ToldAlarms } from './told-alarms.ts';

/** What the monitoring stack needs. */
export interface MonitoringStackProps extends StackProps {
  readonly table: Table;
  readonly runtime: RuntimeStack;
  readonly reports: ReportBucket;
  /** Where clients are told of events; undefined where none are. */
  readonly live: LiveApi | undefined;
  /** Folder with the bundled functions. */
  readonly bundles: string;
  readonly alerts: readonly DeployedAlerts[];
  /** `ministack`, `localstack`, or undefined on AWS itself. */
  readonly emulator: string | undefined;
}

/** What happens, told: the stream of the table becomes events on a bus, in the feed, for clients, and metrics with a dashboard. */
export class MonitoringStack extends Stack {
  /** Where all events are told; rules listen to it. */
  readonly bus: EventBus;
  readonly #props: MonitoringStackProps;
  readonly #alerting: Alerting;

  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    this.#props = props;
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: PREFIX,
      description: 'Events of Stepwright: what happens to executions, steps, commands, devices',
    });
    this.#alerting = new Alerting(this, 'Alerting');
    const undelivered = deadLetters(this, 'DeadLetters', 'monitoring');
    const changes = this.#teller('tell-changes', 'Tells of what changes in the table', Duration.seconds(60));
    changes.lambda.addEventSource(
      new DynamoEventSource(this.#withStream(props.table), {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        // In order for each item: one function for each shard at a time.
        parallelizationFactor: 1,
        retryAttempts: 10,
        bisectBatchOnError: true,
        maxRecordAge: Duration.hours(12),
        onFailure: new SqsDlq(undelivered),
        // One filter of several prefixes: a mapping takes five filters (Lambda, "Event filtering").
        filters: [
          FilterCriteria.filter({
            dynamodb: {
              Keys: { pk: { S: TOLD_PARTITIONS.map((partition) => ({ prefix: `${partition}#` })) } },
            },
          }),
        ],
      }),
    );
    addLagAlarm(this, changes.lambda);
    addThrottleAlarms(this);
    const steps = this.#teller(
      'tell-steps',
      'Tells how the steps of an execution went',
      Duration.seconds(60),
    );
    steps.allow(['states:DescribeExecution', 'states:GetExecutionHistory'], [executionArns(this, '*')]);
    new Rule(this, 'LastWords', {
      eventBus: this.bus,
      description: 'Executions that have said their last',
      eventPattern: { source: [PREFIX], detailType: [...LAST_WORDS] },
      targets: [new LambdaTarget(steps.lambda, { deadLetterQueue: undelivered, retryAttempts: 5 })],
    });
    new RollUps(this, 'RollUps', { table: props.table, runtime: props.runtime, bundles: props.bundles });
    new ReportSchedule(this, 'Reports', { ...props, bucket: props.reports, deadLetters: undelivered });
    this.#evaluateAlerts();
    new ToldAlarms(this, 'ToldAlarms', {
      teller: this.#teller('tell-alarm', 'Tells of alarms of CloudWatch', Duration.seconds(30)).lambda,
      deadLetters: undelivered,
    });
    // Emulators know no alarms of queries, and no composite ones.
    if (props.emulator === undefined) new RuleAlarms(this, 'RuleAlarms', props.alerts);
    // LocalStack's free edition makes none.
    if (props.emulator !== 'localstack') metricsDashboard(this, 'Dashboard');
    new CfnOutput(this, 'EventBusName', { value: this.bus.eventBusName });
  }

  #withStream({ tableArn, tableStreamArn }: Table): ITable {
    if (tableStreamArn === undefined) throw new Error('the table has no stream');
    return DynamoTable.fromTableAttributes(this, 'Changes', { tableArn, tableStreamArn });
  }

  #teller(name: string, description: string, timeout: Duration): ServiceFunction {
    const { table, runtime, live, bundles } = this.#props;
    const teller = new ServiceFunction(this, name, {
      bundle: join(bundles, name),
      ...{ description, timeout, memorySize: 512 },
      environment: { ...runtime.functions.environment, EVENT_BUS_NAME: this.bus.eventBusName },
    })
      .writeTable(table)
      .allow(['events:PutEvents'], [this.bus.eventBusArn]);
    live?.letPush(teller);
    this.#alerting.letWake(teller);
    return teller;
  }

  /** The one function that looks how alerts stand, and has people told. */
  #evaluateAlerts(): void {
    const { table, runtime, bundles } = this.#props;
    const looker = new ServiceFunction(this, 'alerts', {
      bundle: join(bundles, 'alerts'),
      description: 'Evaluates alerts over the events, and has people told',
      ...{ timeout: LOOK_TIMEOUT, memorySize: 1_024 },
      environment: runtime.functions.environment,
    }).writeTable(table);
    runtime.functions.grantNotifying(looker);
    letEscalate(looker);
    this.#alerting.feed(looker);
  }
}
