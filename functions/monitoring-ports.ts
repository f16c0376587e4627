import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { systemClock } from '#core/clock.ts';
import { systemRandom } from '#core/random.ts';
import { TableFeed } from '#monitoring/feed/table-feed.ts';
import type { ClientPorts } from '#monitoring/telling/client-message.ts';
import { ClientPusher } from '#monitoring/telling/push.ts';
import type { TellPorts } from '#monitoring/telling/tell.ts';
import { DynamoDbTable } from '#table/dynamodb.ts';
import type { Table } from '#table/table.ts';
import { ApiGatewayPost, NO_POST } from './api-gateway-post.ts';
import { emitMetrics } from './emit-metrics.ts';
import { EventBridgeBus } from './event-bridge-bus.ts';
import { SqsAlertWaker } from './sqs-alert-waker.ts';

const EnvironmentSchema = z.object({
  TABLE_NAME: z.string(),
  /** Set where events are pushed: the WebSocket API and its stage. */
  LIVE_API_ID: z.string().optional(),
  LIVE_STAGE: z.string().default('live'),
  AWS_REGION: z.string().default('us-east-1'),
  /** Set on an emulator, where the names of APIs do not resolve. */
  AWS_ENDPOINT_URL: z.string().optional(),
});

const TellingSchema = z.object({ EVENT_BUS_NAME: z.string(), ALERT_QUEUE_URL: z.string() });

/** What tells of events, from the environment of a function. Made once for each cold start. */
export function connectTelling(
  environment: NodeJS.ProcessEnv = process.env,
): TellPorts & { readonly table: Table } {
  const settings = EnvironmentSchema.parse(environment);
  const table = new DynamoDbTable(new DynamoDBClient({}), settings.TABLE_NAME);
  const { EVENT_BUS_NAME, ALERT_QUEUE_URL } = TellingSchema.parse(environment);
  const post = clientPost(settings);
  return {
    table,
    feed: new TableFeed({ table, clock: systemClock, random: systemRandom }),
    bus: new EventBridgeBus(new EventBridgeClient({}), EVENT_BUS_NAME),
    clients: post === NO_POST ? { push: async () => undefined } : new ClientPusher(table, systemClock, post),
    alerts: new SqsAlertWaker(new SQSClient({}), ALERT_QUEUE_URL, systemClock),
    emit: emitMetrics,
  };
}

/** What answers clients. They read on with an overlap, so that nothing has to have settled. */
export function connectClients(environment: NodeJS.ProcessEnv = process.env): ClientPorts {
  const settings = EnvironmentSchema.parse(environment);
  const table = new DynamoDbTable(new DynamoDBClient({}), settings.TABLE_NAME);
  return {
    ...{ table, clock: systemClock, post: clientPost(settings) },
    feed: new TableFeed({ table, clock: systemClock, random: systemRandom }, 0),
  };
}

function clientPost(settings: z.infer<typeof EnvironmentSchema>) {
  const { LIVE_API_ID: id, LIVE_STAGE: stage, AWS_REGION: region, AWS_ENDPOINT_URL: emulator } = settings;
  if (id === undefined) return NO_POST;
  return new ApiGatewayPost(
    emulator === undefined
      ? `https://${id}.execute-api.${region}.amazonaws.com/${stage}`
      : `${emulator}/_aws/execute-api/${id}/${stage}`,
  );
}
