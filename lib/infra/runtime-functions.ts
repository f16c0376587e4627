import { join } from 'node:path';
import { ArnFormat, Duration, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { machineArn } from './machines.ts';
import { type DeploymentOptions, PREFIX } from './names.ts';
import { ServiceFunction } from './service-function.ts';

/** What functions of the runtime work with. */
export interface RuntimeParts {
  readonly table: Table;
  readonly options: DeploymentOptions;
  /** Folder with the bundled functions. */
  readonly bundles: string;
  readonly deadlines: IQueue;
  /** Notifications on their way. */
  readonly deliveries: IQueue;
  /** What links by which people answer approvals are signed with. */
  readonly linkSecret: Secret;
}

/** What answering the token of a task takes. */
const ANSWER_TASK = ['states:SendTaskSuccess', 'states:SendTaskFailure'];

/** Makes the functions of the runtime, and says what those of any stack may do with its parts. */
export class RuntimeFunctions {
  /** Environment of every function, also of those in other stacks. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #stack: Stack;
  readonly #parts: RuntimeParts;

  constructor(stack: Stack, parts: RuntimeParts) {
    this.#stack = stack;
    this.#parts = parts;
    const { table, options, deadlines, deliveries, linkSecret } = parts;
    this.environment = {
      TABLE_NAME: table.tableName,
      DEADLINE_QUEUE_URL: deadlines.queueUrl,
      MACHINE_ARN_PREFIX: machineArn(stack, ''),
      DELIVERY_QUEUE_URL: deliveries.queueUrl,
      LINK_SECRET_ARN: linkSecret.secretArn,
      ...(options.mailFrom === undefined ? {} : { MAIL_FROM: options.mailFrom }),
      SECRET_PREFIX: `${PREFIX}/`,
      TRANSPORT: options.transport,
      ...(options.brokerUrl === undefined ? {} : { BROKER_URL: options.brokerUrl }),
    };
  }

  /** A function that may do nothing yet. */
  make(name: string, description: string, timeout = Duration.seconds(10)): ServiceFunction {
    return new ServiceFunction(this.#stack, name, {
      bundle: join(this.#parts.bundles, name),
      description,
      timeout,
      environment: this.environment,
    });
  }

  /** A function that answers tasks. */
  makeForTasks(name: string, description: string, timeout?: Duration): ServiceFunction {
    return this.make(name, description, timeout).allow(ANSWER_TASK, [machineArn(this.#stack, '*')]);
  }

  /** A function that issues and completes commands. */
  makeForDevices(name: string, description: string, timeout?: Duration): ServiceFunction {
    const created = this.make(name, description, timeout);
    this.grantDevices(created);
    return created;
  }

  /** Grants what issuing and completing commands takes: the table, the task answers, the deadlines and the transport. */
  grantDevices(caller: ServiceFunction): void {
    const { table, deadlines, options } = this.#parts;
    caller
      .writeTable(table)
      .allow(ANSWER_TASK, [machineArn(this.#stack, '*')])
      .allow(['sqs:SendMessage'], [deadlines.queueArn]);
    if (options.transport === 'iot-core') {
      const topics = this.#stack.formatArn({
        service: 'iot',
        resource: 'topic',
        resourceName: 'stepwright/devices/*/commands',
      });
      caller.allow(['iot:Publish'], [topics]).allow(['iot:DescribeEndpoint'], ['*']);
    }
  }

  /** Lets a function put notifications on their way. */
  grantNotifying(caller: ServiceFunction): ServiceFunction {
    return caller.allow(['sqs:SendMessage'], [this.#parts.deliveries.queueArn]);
  }

  /** Lets a function make and follow the links by which people answer approvals. */
  grantLinks(caller: ServiceFunction): ServiceFunction {
    return caller.allow(['secretsmanager:GetSecretValue'], [this.#parts.linkSecret.secretArn]);
  }

  /** Lets a function call services with the secrets of workflows and receivers. */
  grantCallingOut(caller: ServiceFunction): ServiceFunction {
    const { table, options } = this.#parts;
    const secrets = this.#stack.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${PREFIX}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    if (options.allowedHosts !== undefined)
      caller.lambda.addEnvironment('HTTP_ALLOWED_HOSTS', options.allowedHosts);
    return caller.writeTable(table).allow(['secretsmanager:GetSecretValue'], [secrets]);
  }
}
