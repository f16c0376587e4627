import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { systemClock } from '#core/clock.ts';
import { systemRandom } from '#core/random.ts';
import { SqsDeadlines } from '#deadlines/sqs.ts';
import { recordedTraces } from '#devices/traces.ts';
import type { Transport } from '#devices/transport/transport.ts';
import { StepFunctionsEngine } from '#engine/step-functions.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { SecretsManagerSecrets } from '#integrations/secrets-manager.ts';
import { outboxNotifier } from '#notifications/outbox.ts';
import type { ApprovalLinks } from '#signals/links.ts';
import { findPublicUrl } from '#signals/public-url.ts';
import { DynamoDbTable } from '#table/dynamodb.ts';
import type { Table } from '#table/table.ts';
import { readToken } from './authorizer/read-token.ts';

const EnvironmentSchema = z.object({
  TABLE_NAME: z.string(),
  DEADLINE_QUEUE_URL: z.string(),
  MACHINE_ARN_PREFIX: z.string(),
  TRANSPORT: z.enum(['iot-core', 'broker']),
  BROKER_URL: z.string().optional(),
  AWS_ENDPOINT_URL: z.string().optional(),
  DELIVERY_QUEUE_URL: z.string(),
  /** Set where mails can be sent. */
  MAIL_FROM: z.string().optional(),
  /** What the names of secrets that workflows may use begin with. */
  SECRET_PREFIX: z.string(),
  HTTP_ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((text) => new Set(text.split(',').filter((host) => host !== ''))),
  /** Set where links by which people answer approvals are made. */
  LINK_SECRET_ARN: z.string().optional(),
  /** Set where machines are deployed at run time. */
  MACHINE_ROLE_ARN: z.string().optional(),
  MACHINE_SUBSTITUTIONS: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.string()))
    .optional(),
});

type Environment = z.infer<typeof EnvironmentSchema>;

/** The ports of a function on AWS, from its environment. Made once for each cold start. */
export function connectPorts(environment: NodeJS.ProcessEnv = process.env): ExecutionPorts {
  const settings = EnvironmentSchema.parse(environment);
  const table = new DynamoDbTable(new DynamoDBClient({}), settings.TABLE_NAME);
  const deadlines = new SqsDeadlines(
    new SQSClient({}),
    { all: settings.DEADLINE_QUEUE_URL, delivery: settings.DELIVERY_QUEUE_URL },
    systemClock,
  );
  const ways = { mail: settings.MAIL_FROM !== undefined, topics: true };
  return {
    table,
    engine: createEngine(settings),
    transport: lazyTransport(connectorOf(settings)),
    deadlines,
    clock: systemClock,
    random: systemRandom,
    traces: recordedTraces(table),
    notifier: outboxNotifier({ table, deadlines, clock: systemClock, ways }),
    secrets: new SecretsManagerSecrets(new SecretsManagerClient({}), settings.SECRET_PREFIX),
    allowedHosts: settings.HTTP_ALLOWED_HOSTS,
    links: approvalLinks(settings, table),
  };
}

/** The secret and the address are looked up when the first link is made, or followed. */
function approvalLinks({ LINK_SECRET_ARN }: Environment, table: Table): ApprovalLinks | undefined {
  if (LINK_SECRET_ARN === undefined) return undefined;
  const secret = once(() => readToken(LINK_SECRET_ARN));
  return { secret, baseUrl: () => findPublicUrl(table) };
}

/** What could not be had is asked for again. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= read().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

function createEngine(settings: Environment): StepFunctionsEngine {
  const { MACHINE_ARN_PREFIX, MACHINE_ROLE_ARN, MACHINE_SUBSTITUTIONS } = settings;
  return new StepFunctionsEngine({
    client: new SFNClient({}),
    machineArnPrefix: MACHINE_ARN_PREFIX,
    ...(MACHINE_ROLE_ARN === undefined || MACHINE_SUBSTITUTIONS === undefined
      ? {}
      : { deployment: { roleArn: MACHINE_ROLE_ARN, substitutions: MACHINE_SUBSTITUTIONS } }),
  });
}

/** Connected when the first command is sent: most functions send none, and may not ask where IoT Core is. */
function lazyTransport(connect: () => Promise<Transport>): Transport {
  const connected = once(connect);
  return { send: async (device, message) => (await connected()).send(device, message) };
}

/** Which transport it is, is known when functions are bundled (`lib/infra/bundle.ts`): what the other one takes is left out. */
function connectorOf({ TRANSPORT, BROKER_URL, AWS_ENDPOINT_URL }: Environment): () => Promise<Transport> {
  if ((process.env['TRANSPORT'] ?? TRANSPORT) === 'broker') {
    if (BROKER_URL === undefined) throw new Error('TRANSPORT is "broker" and BROKER_URL is not set');
    return async () => {
      const { connectBroker } = await import('#devices/transport/broker.ts');
      return connectBroker({ url: BROKER_URL });
    };
  }
  return async () => {
    const { connectIotCore } = await import('#devices/transport/iot-core.ts');
    return connectIotCore(AWS_ENDPOINT_URL);
  };
}
