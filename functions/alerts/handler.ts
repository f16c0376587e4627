import { SQSClient } from '@aws-sdk/client-sqs';
import { allDevices, findDevice } from '#devices/registry.ts';
import { alertPager } from '#monitoring/alerts/alert-pager.ts';
import { LeasedEvaluation } from '#monitoring/alerts/leased-evaluation.ts';
import { TableFeed } from '#monitoring/feed/table-feed.ts';
import { emitMetrics } from '../emit-metrics.ts';
import { logger } from '../observability.ts';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { SqsAlertWaker } from '../sqs-alert-waker.ts';
import { createAlerts } from './alerts.ts';

const ports = connectPorts();
const { table, clock, random } = ports;

const alerts = createAlerts({
  evaluation: new LeasedEvaluation({
    ...{ table, clock, random, feed: new TableFeed({ table, clock, random }) },
    pager: alertPager(ports),
    devices: () => allDevices(table),
    findDevice: (id) => findDevice(table, id),
    onDefect: (error) => logger.error('a page could not be sent yet', { error }),
  }),
  waker: new SqsAlertWaker(new SQSClient({}), process.env['ALERT_QUEUE_URL'] ?? '', clock),
  emit: emitMetrics,
});

export const handler = lambdaHandler(alerts);
