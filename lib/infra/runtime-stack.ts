import { join } from 'node:path';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { deadLetters } from './dead-letters.ts';
import { DeviceIngress } from './device-ingress.ts';
import { executionArns, Machines, machineArn } from './machines.ts';
import type { DeploymentOptions } from './names.ts';
import { ServiceFunction } from './service-function.ts';
import { WorkflowPublication } from './workflow-publication.ts';
import type { DeployedWorkflow } from './workflows.ts';

/** What the runtime stack needs. */
export interface RuntimeStackProps extends StackProps {
  readonly table: Table;
  readonly options: DeploymentOptions;
  /** Folder with the bundled functions. */
  readonly bundles: string;
  readonly workflows: readonly DeployedWorkflow[];
}

/** What answering the token of a task takes. */
const ANSWER_TASK = ['states:SendTaskSuccess', 'states:SendTaskFailure'];

/** What runs workflows: the step handlers, the machines, the way in for what devices say, and the deadlines. */
export class RuntimeStack extends Stack {
  readonly machines: Machines;
  /** Environment of every function, also of those in other stacks. */
  readonly functionEnvironment: Readonly<Record<string, string>>;
  readonly deadlines: Queue;
  readonly #props: RuntimeStackProps;

  constructor(scope: Construct, id: string, props: RuntimeStackProps) {
    super(scope, id, props);
    this.#props = props;
    const undelivered = deadLetters(this, 'DeadLetters');
    this.deadlines = new Queue(this, 'Deadlines', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(60),
      deadLetterQueue: { queue: undelivered, maxReceiveCount: 5 },
    });
    this.functionEnvironment = {
      TABLE_NAME: props.table.tableName,
      DEADLINE_QUEUE_URL: this.deadlines.queueUrl,
      MACHINE_ARN_PREFIX: machineArn(this, ''),
      TRANSPORT: props.options.transport,
      ...(props.options.brokerUrl === undefined ? {} : { BROKER_URL: props.options.brokerUrl }),
    };

    const command = this.#deviceFunction('command', 'Sends a command to a device');
    const listener = this.#deviceFunction(
      'device-message',
      'Hears what devices say, and completes their tasks',
    );
    const deadline = this.#deviceFunction('deadline', 'Ends commands whose time is up');
    const ended = this.#deviceFunction(
      'execution-ended',
      'Settles an execution that has ended, or unwinds it',
    );
    const selectDevices = this.#taskFunction('select-devices', 'Selects devices').readTable(props.table);
    const settleIteration = this.#taskFunction('settle-iteration', 'Counts failed iterations').writeTable(
      props.table,
    );
    const unwind = this.#deviceFunction('unwind', 'Plans and closes an unwind');
    ended
      .allow(['states:StartExecution'], [machineArn(this, UNWIND_MACHINE.name)])
      .allow(['states:DescribeExecution', 'states:GetExecutionHistory'], [executionArns(this, '*')]);

    this.machines = new Machines(this, 'Machines', {
      command: command.lambda,
      selectDevices: selectDevices.lambda,
      settleIteration: settleIteration.lambda,
      unwind: unwind.lambda,
    });
    const publish = this.#function('publish-workflow', 'Registers deployed workflows').writeTable(
      props.table,
    );
    new WorkflowPublication(this, 'Workflows', {
      machines: this.machines,
      publisher: publish.lambda,
      workflows: props.workflows,
    });

    deadline.lambda.addEventSource(
      new SqsEventSource(this.deadlines, { batchSize: 10, reportBatchItemFailures: true }),
    );
    listener.lambda.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(undelivered) });
    if (props.options.transport === 'iot-core') {
      new DeviceIngress(this, 'DeviceIngress', { listener: listener.lambda, deadLetters: undelivered });
    }
    new Rule(this, 'ExecutionEnded', {
      description: 'Executions of our machines that have ended',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: [{ prefix: machineArn(this, '') }],
        },
      },
      targets: [new LambdaTarget(ended.lambda, { deadLetterQueue: undelivered, retryAttempts: 5 })],
    });
  }

  /** Grants what issuing and completing commands takes: the table, the task answers, the deadlines and the transport. */
  grantDevices(caller: ServiceFunction): void {
    caller
      .writeTable(this.#props.table)
      .allow(ANSWER_TASK, [machineArn(this, '*')])
      .allow(['sqs:SendMessage'], [this.deadlines.queueArn]);
    if (this.#props.options.transport === 'iot-core') {
      const topics = this.formatArn({
        service: 'iot',
        resource: 'topic',
        resourceName: 'stepwright/devices/*/commands',
      });
      caller.allow(['iot:Publish'], [topics]).allow(['iot:DescribeEndpoint'], ['*']);
    }
  }

  #function(name: string, description: string): ServiceFunction {
    return new ServiceFunction(this, name, {
      bundle: join(this.#props.bundles, name),
      description,
      environment: this.functionEnvironment,
    });
  }

  #taskFunction(name: string, description: string): ServiceFunction {
    return this.#function(name, description).allow(ANSWER_TASK, [machineArn(this, '*')]);
  }

  #deviceFunction(name: string, description: string): ServiceFunction {
    const created = this.#function(name, description);
    this.grantDevices(created);
    return created;
  }
}
