import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { CLOUDWATCH_NAMESPACE, cloudWatchMetric } from '#monitoring/metrics/cloud-watch.ts';
import { METRIC_LIST } from '#monitoring/metrics/metric-table.ts';
import { PREFIX } from './names.ts';

const WIDTH = 8;
const HEIGHT = 6;
const PERIOD = Duration.minutes(1);

/** The CloudWatch dashboard: a graph for each metric that is made of events and alerts, in the order of the metric table. */
export function metricsDashboard(scope: Construct, id: string): Dashboard {
  const dashboard = new Dashboard(scope, id, { dashboardName: PREFIX, defaultInterval: Duration.hours(3) });
  const told = METRIC_LIST.filter(([, { of }]) => of !== 'server');
  const widgets = told.map(([name, { meaning }]) => {
    const { name: metricName, statistic, dimensions } = cloudWatchMetric(name);
    return new GraphWidget({
      ...{ title: meaning, width: WIDTH, height: HEIGHT, period: PERIOD },
      left: [
        // Which workflows and commands there are is found out when somebody looks.
        new MathExpression({
          expression: `SEARCH('{${[CLOUDWATCH_NAMESPACE, ...dimensions].join(',')}} MetricName="${metricName}"', '${statistic}')`,
          label: '',
          period: PERIOD,
        }),
      ],
    });
  });
  for (let row = 0; row < widgets.length; row += 24 / WIDTH)
    dashboard.addWidgets(...widgets.slice(row, row + 24 / WIDTH));
  return dashboard;
}
