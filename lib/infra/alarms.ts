/**
 * What CloudWatch watches: what goes wrong around our functions, which no event tells of, and whether anybody looks at alerts. Rules of
 * the project are evaluated from events instead, as a metric knows no devices and executions.
 */
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ALARM_PERIOD, addAlarm } from './alarm.ts';
import { INDEXES } from './names.ts';

/** What waits in a queue longer than this after its time waits for something that does not run. In seconds. */
const LONG_WAIT_SECONDS = 300;
/** Changes of the table that are told so much later are told late. In ms. */
const LATE_MS = 60_000;

/** A function that fails minute after minute; single failures are tried again. */
export function addErrorAlarm(scope: Construct, name: string, lambda: IFunction): void {
  addAlarm(scope, 'Errors', {
    name: `${name}-errors`,
    meaning: `The function ${name} fails again and again: its log says why.`,
    metric: lambda.metricErrors({ period: ALARM_PERIOD, statistic: Stats.SUM }),
  });
}

/** Calls of functions that were refused because too many ran at once: an account has one pool for all in a region. */
export function addThrottleAlarms(scope: Construct): void {
  const options = { statistic: Stats.SUM, period: ALARM_PERIOD };
  addAlarm(scope, 'FunctionThrottles', {
    name: 'lambda-throttles',
    meaning: 'Functions are throttled: raise the concurrency of Lambda in this account and region.',
    metric: new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', ...options }),
  });
  addAlarm(scope, 'TransitionThrottles', {
    name: 'state-transition-throttles',
    meaning: 'Executions stand still for a while: raise the quota of state transitions of Step Functions.',
    metric: new Metric({
      ...{ namespace: 'AWS/States', metricName: 'ThrottledEvents', ...options },
      dimensionsMap: { ServiceMetric: 'StateTransition' },
    }),
  });
}

/** Something that could not be delivered, and waits for a person. */
export function addDeadLetterAlarm(scope: Construct, name: string, queue: IQueue): void {
  addAlarm(scope, 'DeadLettersAlarm', {
    name: `${name}-dead-letters`,
    meaning: 'Something could not be delivered: see in the queue what it is, mend why, and send it again.',
    metric: queue.metricApproximateNumberOfMessagesVisible({
      period: ALARM_PERIOD,
      statistic: Stats.MAXIMUM,
    }),
    minutes: [1, 1],
  });
}

/** A queue that nobody reads, or not fast enough. */
export function addAgeAlarm(scope: Construct, name: string, queue: IQueue): void {
  addAlarm(scope, `${name}Age`, {
    name: `${name.toLowerCase()}-wait`,
    meaning: `What is due waits in the queue of ${name.toLowerCase()}: see whether their function is throttled, or fails.`,
    metric: queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD, statistic: Stats.MAXIMUM }),
    threshold: LONG_WAIT_SECONDS,
  });
}

/** The stream of the table is behind: events come late, and silence is found where there is none. */
export function addLagAlarm(scope: Construct, lambda: IFunction): void {
  addAlarm(scope, 'Lag', {
    name: 'events-late',
    meaning:
      'Events are told late, and rules may miss what has happened: see why tell-changes is slow, or fails.',
    metric: lambda.metric('IteratorAge', { period: ALARM_PERIOD, statistic: Stats.MAXIMUM }),
    threshold: LATE_MS,
  });
}

/** Reads and writes that the table, or an index of it, has refused because there were too many. */
export function addTableAlarms(scope: Construct, { tableName: TableName }: Table): void {
  for (const operation of ['Read', 'Write'] as const) {
    for (const index of [undefined, ...INDEXES]) {
      const where = index === undefined ? 'table' : index;
      addAlarm(scope, `${operation}Throttles-${where}`, {
        name: `${where}-${operation.toLowerCase()}-throttles`,
        meaning: `The ${where} is throttled: raise its quotas, or see who is so busy.`,
        metric: new Metric({
          ...{ namespace: 'AWS/DynamoDB', metricName: `${operation}ThrottleEvents`, statistic: Stats.SUM },
          period: ALARM_PERIOD,
          dimensionsMap: { TableName, ...(index === undefined ? {} : { GlobalSecondaryIndexName: index }) },
        }),
      });
    }
  }
}

/** An undo that has failed itself: then what an execution did is left as it is. */
export function addUnwindAlarms(scope: Construct, StateMachineArn: string): void {
  for (const metricName of ['ExecutionsFailed', 'ExecutionsTimedOut']) {
    addAlarm(scope, `Unwind${metricName}`, {
      name: `unwind-${metricName === 'ExecutionsFailed' ? 'failed' : 'timed-out'}`,
      meaning: 'The machine that undoes executions has failed: see its execution, and roll back by hand.',
      metric: new Metric({
        ...{ namespace: 'AWS/States', metricName, statistic: Stats.SUM, period: ALARM_PERIOD },
        dimensionsMap: { StateMachineArn },
      }),
      minutes: [1, 1],
    });
  }
}

/** Requests that the API has answered with a fault of its own. */
export function addApiAlarm(scope: Construct, ApiName: string): void {
  addAlarm(scope, 'ApiFaults', {
    name: 'api-faults',
    meaning: 'Requests to the API fail by no fault of their own: the log of the function api says why.',
    metric: new Metric({
      ...{ namespace: 'AWS/ApiGateway', metricName: '5XXError', statistic: Stats.SUM, period: ALARM_PERIOD },
      dimensionsMap: { ApiName },
    }),
  });
}

/** Notifications that SNS could not hand to whoever subscribes. */
export function addTopicAlarm(scope: Construct, topic: ITopic): void {
  addAlarm(scope, 'TopicFailures', {
    name: 'notifications-failed',
    meaning: 'Subscribers of the topic of notifications are not reached: see which of them do not answer.',
    metric: topic.metricNumberOfNotificationsFailed({ period: ALARM_PERIOD, statistic: Stats.SUM }),
  });
}
