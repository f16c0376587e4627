import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Alias } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { addAgeAlarm, addTopicAlarm } from './alarms.ts';
import type { DeployedAlerts } from './alert-files.ts';
import { Archive } from './archive.ts';
import { deadLetters } from './dead-letters.ts';
import { DELIVERY_TIMEOUT, Deliveries } from './deliveries.ts';
import { DeviceIngress } from './device-ingress.ts';
import { addEscalations, letOfferHelp } from './escalations.ts';
import { EventIngress } from './event-ingress.ts';
import { executionArns, type MachineFunctions, Machines, machineArn } from './machines.ts';
import type { DeploymentOptions } from './names.ts';
import { RuntimeFunctions } from './runtime-functions.ts';
import { allowChildren, type ServiceFunction } from './service-function.ts';
import { WorkflowPublication } from './workflow-publication.ts';
import type { DeployedDecision, DeployedProject, DeployedWorkflow } from './workflows.ts';

/** What the runtime stack needs. */
export interface RuntimeStackProps extends StackProps {
  readonly table: Table;
  /** Where records go before they are deleted. */
  readonly archive: Bucket;
  readonly options: DeploymentOptions;
  /** Folder with the bundled functions. */
  readonly bundles: string;
  readonly workflows: readonly DeployedWorkflow[];
  readonly decisions: readonly DeployedDecision[];
  readonly alerts: readonly DeployedAlerts[];
  readonly project: DeployedProject;
}

/** What telling whether a task still waits takes: who serves the line of a pool asks before it gives somebody up. */
export const PROBE_TASK = ['states:SendTaskHeartbeat'];

/** What runs workflows: the step handlers, the machines, the way in for what devices say, and the deadlines. */
export class RuntimeStack extends Stack {
  readonly machines: Machines;
  /** Makes functions, and says what those of other stacks may do. */
  readonly functions: RuntimeFunctions;
  readonly deadlines: Queue;
  readonly #deliveries: Deliveries;
  /** What people and services are told goes through it; subscriptions choose by the attribute `topic`. */
  readonly notifications: Topic;
  /** Puts on record what is known only once it is deployed. */
  readonly publisher: IFunction;
  readonly #props: RuntimeStackProps;

  constructor(scope: Construct, id: string, props: RuntimeStackProps) {
    super(scope, id, props);
    this.#props = props;
    const undelivered = deadLetters(this, 'DeadLetters', 'runtime');
    this.deadlines = new Queue(this, 'Deadlines', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(60),
      deadLetterQueue: { queue: undelivered, maxReceiveCount: 5 },
    });
    addAgeAlarm(this, 'Deadlines', this.deadlines);
    this.#deliveries = new Deliveries(this, 'Deliveries', undelivered);
    this.notifications = new Topic(this, 'Notifications', {
      displayName: 'Stepwright',
      enforceSSL: true,
      masterKey: Alias.fromAliasName(this, 'NotificationKey', 'alias/aws/sns'),
    });
    addTopicAlarm(this, this.notifications);
    const linkSecret = new Secret(this, 'LinkSecret', {
      description: 'Signs the links by which people answer approvals of Stepwright',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    this.functions = new RuntimeFunctions(this, {
      ...{ table: props.table, options: props.options, bundles: props.bundles },
      ...{ deadlines: this.deadlines, deliveries: this.#deliveries.queue, linkSecret },
    });

    const command = this.functions.makeForDevices('command', 'Sends a command to a device');
    const listener = this.functions.makeForDevices(
      'device-message',
      'Hears what devices say, and completes their tasks',
    );
    const deadline = this.functions
      .makeForDevices('deadline', 'Looks at what may be overdue')
      .allow(PROBE_TASK, [machineArn(this, '*')])
      .allow(['states:DescribeExecution', 'states:StopExecution'], [executionArns(this, '*')])
      .allow(['states:StartExecution'], [machineArn(this, UNWIND_MACHINE.name)]);
    this.functions.grantNotifying(deadline);
    this.#addDeliver();
    const ended = this.functions.makeForDevices(
      'execution-ended',
      'Settles an execution that has ended, or unwinds it',
    );
    const selectDevices = this.functions
      .makeForTasks('select-devices', 'Selects devices')
      .readTable(props.table);
    const settleIteration = this.functions
      .makeForTasks('settle-iteration', 'Counts failed iterations, and tells failures of child executions')
      .writeTable(props.table);
    allowChildren(settleIteration).allow(['states:DescribeExecution'], [executionArns(this, '*')]);
    allowChildren(ended);
    // It reads all commands of an execution, of which there may be tens of thousands.
    const unwind = this.functions.makeForDevices(
      'unwind',
      'Plans and closes an unwind',
      Duration.seconds(50),
    );
    unwind
      // Unwinds of called workflows, and workflows that undo what those did.
      .allow(['states:StartExecution'], [machineArn(this, '*')])
      .allow(['states:StopExecution'], [executionArns(this, '*')]);
    ended
      .allow(['states:StartExecution'], [machineArn(this, UNWIND_MACHINE.name)])
      .allow(PROBE_TASK, [machineArn(this, '*')])
      .allow(
        ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'],
        [executionArns(this, '*')],
      );

    this.machines = new Machines(this, 'Machines', {
      command: command.lambda,
      selectDevices: selectDevices.lambda,
      settleIteration: settleIteration.lambda,
      unwind: unwind.lambda,
      ...this.#waitingFunctions(),
      ...this.#callingFunctions(),
    });
    addEscalations(this.machines, props.alerts);
    const publish = this.functions
      .make('publish-workflow', 'Registers deployed workflows and decisions')
      .writeTable(props.table);
    new WorkflowPublication(this, 'Workflows', {
      machines: this.machines,
      publisher: publish.lambda,
      workflows: props.workflows,
      decisions: props.decisions,
      alerts: props.alerts,
      project: props.project,
    });
    this.publisher = publish.lambda;

    deadline.lambda.addEventSource(
      new SqsEventSource(this.deadlines, { batchSize: 10, reportBatchItemFailures: true }),
    );
    listener.lambda.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(undelivered) });
    if (props.options.transport === 'iot-core') {
      new DeviceIngress(this, 'DeviceIngress', { listener: listener.lambda, deadLetters: undelivered });
    }
    this.#addEventIngress(undelivered);
    new Archive(this, 'Archive', {
      ...{ table: props.table, bucket: props.archive, retain: props.options.retain },
      ...{ environment: this.functions.environment, bundles: props.bundles, deadLetters: undelivered },
    });
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

  /** Only where the project has sources of events: else there is nobody to hear. */
  #addEventIngress(undelivered: Queue): void {
    const { project, table, options } = this.#props;
    if (project.events.length === 0) return;
    const teller = this.functions
      .makeForTasks('outside-event', 'Tells steps of what comes from outside')
      .writeTable(table);
    teller.lambda.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(undelivered) });
    new EventIngress(this, 'EventIngress', {
      ...{ sources: project.events, teller: teller.lambda, deadLetters: undelivered },
      transport: options.transport,
    });
  }

  /** Steps that wait for something from outside: an event, people, units of a pool. */
  #waitingFunctions(): Pick<MachineFunctions, 'awaitEvent' | 'requestApproval' | 'rollout' | 'lock'> {
    const { table } = this.#props;
    const waiting = (name: string, description: string): ServiceFunction =>
      this.functions
        .makeForTasks(name, description)
        .writeTable(table)
        .allow(['sqs:SendMessage'], [this.deadlines.queueArn]);
    return {
      awaitEvent: waiting('await-event', 'Begins to wait for an event').lambda,
      requestApproval: this.functions.grantNotifying(waiting('request-approval', 'Asks people to approve'))
        .lambda,
      rollout: waiting('rollout', 'Divides rollouts into waves, and paces them').lambda,
      lock: waiting('lock', 'Holds units of pools for steps')
        .allow(PROBE_TASK, [machineArn(this, '*')])
        .allow(['states:StopExecution'], [executionArns(this, '*')]).lambda,
    };
  }

  /** Steps that call something else: another workflow, a service, people, a decision. */
  #callingFunctions(): Pick<
    MachineFunctions,
    'startWorkflow' | 'callHttp' | 'notify' | 'decide' | 'escalate'
  > {
    const { table } = this.#props;
    // A service may take its time; the function waits for it.
    const callHttp = this.functions.grantCallingOut(
      this.functions.makeForTasks('call-http', 'Calls services over HTTP', Duration.minutes(5)),
    );
    return {
      startWorkflow: this.functions
        .makeForTasks('start-workflow', 'Starts the workflows that steps call')
        .writeTable(table)
        .allow(['sqs:SendMessage'], [this.deadlines.queueArn])
        .allow(['states:StartExecution'], [machineArn(this, '*')]).lambda,
      callHttp: callHttp.lambda,
      decide: this.functions
        .makeForTasks('decide', 'Decides by tables, trees and expressions')
        .writeTable(table).lambda,
      escalate: this.functions.grantNotifying(
        this.functions
          .makeForTasks('escalate', 'Tells whoever is on call of alerts', Duration.seconds(50))
          .writeTable(table),
      ).lambda,
      notify: this.functions.grantNotifying(
        this.functions.makeForTasks('notify', 'Puts notifications on their way').writeTable(table),
      ).lambda,
    };
  }

  /** Delivers notifications: the one function that may publish, send mail, and make links. */
  #addDeliver(): void {
    const deliver = this.functions
      .grantCallingOut(this.functions.make('deliver', 'Delivers notifications', DELIVERY_TIMEOUT))
      .allow(['sns:Publish'], [this.notifications.topicArn]);
    deliver.lambda.addEnvironment('NOTIFICATION_TOPIC_ARN', this.notifications.topicArn);
    this.functions.grantNotifying(this.functions.grantLinks(deliver));
    letOfferHelp(deliver);
    this.#deliveries.feed(deliver, this.#props.options.mailFrom);
  }
}
