import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { CLOUDWATCH_NAMESPACE, cloudWatchMetric } from '#monitoring/metrics/cloud-watch.ts';
import { METRIC_LIST } from '#monitoring/metrics/metric-table.ts';
import { PREFIX } from './names.ts';

const WIDTH = 8;
const HEIGHT = 6;
const PERIOD = Duration.minutes(1);

/** What Lambda itself measures of functions, and what of it tells most. */
const OF_LAMBDA = [
  { name: 'Duration', statistic: 'p95', title: 'How long calls of functions take.' },
  { name: 'Errors', statistic: 'Sum', title: 'Calls of functions that failed.' },
  { name: 'Throttles', statistic: 'Sum', title: 'Calls of functions that Lambda did not take.' },
  { name: 'ConcurrentExecutions', statistic: 'Maximum', title: 'Calls of functions at once.' },
] as const;

/**
 * The CloudWatch dashboard: a graph for each metric that is made of events and alerts, or that functions tell of themselves, in the order of the
 * metric table, and what Lambda measures of our functions.
 */
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
  widgets.push(...OF_LAMBDA.map(lambdaGraph));
  for (let row = 0; row < widgets.length; row += 24 / WIDTH)
    dashboard.addWidgets(...widgets.slice(row, row + 24 / WIDTH));
  return dashboard;
}

/** Names of our functions begin with those of our stacks; a word without quotes is also looked for inside of names. */
function lambdaGraph({ name, statistic, title }: (typeof OF_LAMBDA)[number]): GraphWidget {
  const expression = `SEARCH('{AWS/Lambda,FunctionName} MetricName="${name}" FunctionName=Stepwright', '${statistic}')`;
  return new GraphWidget({
    ...{ title, width: WIDTH, height: HEIGHT, period: PERIOD },
    left: [new MathExpression({ expression, label: '', period: PERIOD })],
  });
}
