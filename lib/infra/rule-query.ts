import { parseDuration } from '#core/duration.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import { CLOUDWATCH_NAMESPACE, cloudWatchMetric } from '#monitoring/metrics/cloud-watch.ts';
import type { MetricName } from '#monitoring/metrics/metric-table.ts';

type AlertRule = AlertFile['rules'][number];

/** What CloudWatch can ask instead of a rule: a query over metrics of ours, and its bound. */
export interface RuleQuery {
  /** In the language of Metrics Insights. */
  readonly query: string;
  readonly bound: number;
  readonly isBelow: boolean;
  readonly periodSeconds: number;
  /** Whether nothing is as bad as too little. */
  readonly isCount: boolean;
}

type Series = readonly [metric: MetricName, ...conditions: readonly string[]];

/** Events that a metric of ours counts, and metrics of rules that count events or add up what these have. */
const COUNTED: Readonly<Record<string, Series>> = {
  'execution.started': ['stepwright_executions_started'],
  'execution.starts': ['stepwright_executions_started'],
  'execution.ended': ['stepwright_executions_ended'],
  'execution.succeeded': ['stepwright_executions_ended', "status = 'SUCCEEDED'"],
  'execution.failed': ['stepwright_executions_ended', "status = 'FAILED'"],
  'execution.timed-out': ['stepwright_executions_ended', "status = 'TIMED_OUT'"],
  'execution.stopped': ['stepwright_executions_ended', "status = 'STOPPED'"],
  'execution.rolled-back': ['stepwright_executions_ended', "status = 'ROLLED_BACK'"],
  'execution.rollback-incomplete': ['stepwright_executions_ended', "status = 'ROLLBACK_INCOMPLETE'"],
  'execution.failures': ['stepwright_executions_ended', "status != 'SUCCEEDED'"],
  'execution.spending': ['stepwright_execution_cost_dollars'],
  'execution.rolling-back': ['stepwright_rollbacks'],
  'execution.rollbacks': ['stepwright_rollbacks'],
  'command.sent': ['stepwright_commands_sent'],
  'command.ended': ['stepwright_commands_ended'],
  'command.succeeded': ['stepwright_commands_ended', "status = 'SUCCEEDED'"],
  'command.failed': ['stepwright_commands_ended', "status = 'FAILED'"],
  'command.timed-out': ['stepwright_commands_ended', "status = 'TIMED_OUT'"],
  'command.failures': ['stepwright_commands_ended', "status != 'SUCCEEDED'", "status != 'CANCELLED'"],
  'device.online': ['stepwright_device_presences', "status = 'online'"],
  'device.offline': ['stepwright_device_presences', "status = 'offline'"],
  'device.flaps': ['stepwright_device_presences', "status = 'offline'"],
  'device.breakers': ['stepwright_breakers_opened'],
  'decision.made': ['stepwright_decisions_made'],
  'decision.count': ['stepwright_decisions_made'],
};

/** Metrics of rules whose mean one of ours has; queries know no quantiles. */
const MEASURED: Readonly<Record<string, Series>> = {
  'execution.duration': ['stepwright_execution_duration_seconds'],
  'command.duration': ['stepwright_command_duration_seconds'],
  'command.wait': ['stepwright_command_wait_seconds'],
  'lease.wait': ['stepwright_lease_wait_seconds'],
  'lease.held': ['stepwright_lease_held_seconds'],
  'approval.wait': ['stepwright_approval_wait_seconds'],
};

/** Queries look back three hours at most (CloudWatch, "Metrics Insights quotas"), and periods are whole minutes. */
const LONGEST_SECONDS = 3 * 3_600;
const ONE_WORKFLOW = /^\s*workflow\s*=\s*(['"])([\w.-]+)\1\s*$/;
const DEFAULT_OVER = '5m';

/**
 * What CloudWatch can ask instead of a rule; undefined where it cannot. It can ask whether the sum or mean of one metric of ours, of all
 * workflows or of one, is beyond a bound over whole minutes: not for each of several values, for shares, quantiles, silence of
 * devices, or what is usual.
 */
export function ruleQuery(rule: AlertRule): RuleQuery | undefined {
  const asked = askedOf(rule);
  if (asked === undefined || rule.by !== undefined) return undefined;
  const { series, bound, isBelow, over, isCount } = asked;
  const periodSeconds = (parseDuration(over) ?? 0) / 1_000;
  const [metric, ...conditions] = series;
  const { name, dimensions } = cloudWatchMetric(metric);
  const where = whereOf(rule.where, dimensions);
  if (
    where === undefined ||
    periodSeconds % 60 !== 0 ||
    periodSeconds > LONGEST_SECONDS ||
    periodSeconds === 0
  )
    return undefined;
  const all = [...conditions, ...where];
  const select = `SELECT ${isCount ? 'SUM' : 'AVG'}(${name})`;
  const from = `FROM SCHEMA(${[CLOUDWATCH_NAMESPACE, ...dimensions].join(', ')})`;
  const query = `${select} ${from}${all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`}`;
  return { query, bound, isBelow, periodSeconds, isCount };
}

interface Asked extends Pick<RuleQuery, 'bound' | 'isBelow' | 'isCount'> {
  readonly series: Series;
  readonly over: string;
}

function askedOf({ when }: AlertRule): Asked | undefined {
  if ('rate' in when && when.rate.outOf === undefined) {
    const series = COUNTED[when.rate.of];
    return series && { series, bound: when.rate.above, isBelow: false, isCount: true, over: when.rate.over };
  }
  if ('absence' in when) {
    const series = COUNTED[when.absence.of];
    return series && { series, bound: 1, isBelow: true, isCount: true, over: when.absence.for };
  }
  if (!('threshold' in when) || when.threshold.quantile !== undefined) return undefined;
  const { metric, above, below, over = DEFAULT_OVER } = when.threshold;
  const series = COUNTED[metric] ?? MEASURED[metric];
  const bound = above ?? below;
  if (series === undefined || bound === undefined) return undefined;
  return { series, bound, isBelow: above === undefined, isCount: metric in COUNTED, over };
}

/** The condition of a rule that is of all, or of one workflow; undefined where it asks for something else. */
function whereOf(where: string | undefined, dimensions: readonly string[]): readonly string[] | undefined {
  if (where === undefined) return [];
  const [, , workflow] = ONE_WORKFLOW.exec(where) ?? [];
  return workflow === undefined || !dimensions.includes('workflow')
    ? undefined
    : [`workflow = '${workflow}'`];
}
