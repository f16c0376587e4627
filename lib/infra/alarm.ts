import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { PREFIX } from './names.ts';

/** What names of alarms begin with that are told of as events: those of ours, and whatever others call so. */
export const TOLD_ALARMS = `${PREFIX}-alarm-`;

/** An alarm of CloudWatch. */
export interface AlarmOptions {
  /** The end of its name. */
  readonly name: string;
  /** What it means, and what to do. */
  readonly meaning: string;
  readonly metric: IMetric;
  /** It is raised from this value on; with `below`, under it. Default 1. */
  readonly threshold?: number;
  readonly below?: boolean;
  /** In so many of the last minutes it has to be so. Default: 3 of 5. */
  readonly minutes?: readonly [bad: number, of: number];
}

/** The period of the metrics that alarms look at. */
export const ALARM_PERIOD = Duration.minutes(1);

/**
 * An alarm. It has no action of its own: a rule of EventBridge tells of the states of all whose names begin alike, so that who is told is
 * said in one place, for alarms of others, too. Where nothing is measured nothing is wrong, but where too little is.
 */
export function addAlarm(scope: Construct, id: string, options: AlarmOptions): Alarm {
  const { name, meaning, metric, threshold = 1, below = false, minutes: [bad, of] = [3, 5] } = options;
  return new Alarm(scope, id, {
    alarmName: `${TOLD_ALARMS}${name}`,
    alarmDescription: meaning,
    ...{ metric, threshold, evaluationPeriods: of, datapointsToAlarm: bad },
    comparisonOperator: below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
}
