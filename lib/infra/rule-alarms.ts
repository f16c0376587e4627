import {
  CfnAlarm,
  CfnCompositeAlarm,
  ComparisonOperator,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { TOLD_ALARMS } from './alarm.ts';
import type { DeployedAlerts } from './alert-files.ts';
import { STANDS_STILL } from './alerting.ts';
import { PREFIX } from './names.ts';
import { ruleQuery } from './rule-query.ts';

/** A composite alarm has so many alarms below it (CloudWatch, "Alarm quotas"), of which one is that nobody looks. */
const MOST_RULES = 99;

/**
 * What is left when nobody looks at alerts: critical rules that CloudWatch can ask itself are alarms, too, which say nothing by
 * themselves, as their rules find the same and more. Where one of them is raised and nobody looks, one alarm is that is told.
 */
export class RuleAlarms extends Construct {
  constructor(scope: Construct, id: string, alerts: readonly DeployedAlerts[]) {
    super(scope, id);
    const alarms = alerts
      .flatMap(({ file }) => file.rules.flatMap((rule) => this.#alarmOf(file.alerts, rule) ?? []))
      .slice(0, MOST_RULES);
    if (alarms.length === 0) return;
    const anyOf = alarms.map(({ alarmName }) => `ALARM("${alarmName}")`).join(' OR ');
    const unattended = new CfnCompositeAlarm(this, 'Unattended', {
      alarmName: `${TOLD_ALARMS}rules-unattended`,
      alarmDescription:
        'Critical rules find something, and nobody looks at alerts: look at the executions yourself.',
      alarmRule: `ALARM("${STANDS_STILL}") AND (${anyOf})`,
    });
    for (const alarm of alarms) unattended.addResourceDependency(alarm);
  }

  #alarmOf(group: string, rule: DeployedAlerts['file']['rules'][number]): CfnAlarm | undefined {
    const asked = rule.severity === 'critical' ? ruleQuery(rule) : undefined;
    if (asked === undefined) return undefined;
    const { query: expression, bound: threshold, isBelow, isCount, periodSeconds: period } = asked;
    return new CfnAlarm(this, `${group}-${rule.id}`, {
      alarmName: `${PREFIX}-rule-${group}.${rule.id}`,
      alarmDescription: rule.title ?? rule.id,
      ...{ threshold, evaluationPeriods: 1 },
      comparisonOperator: isBelow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: isBelow && isCount ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      metrics: [{ id: 'rule', expression, period, returnData: true }],
    });
  }
}
