import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import type { JsonObject } from '#core/json.ts';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { addUnwindAlarms } from './alarms.ts';
import { MACHINE_PREFIX } from './names.ts';

/** What machines call that is no machine itself. */
export type MachineFunctionName = Exclude<keyof typeof MACHINE_TOKENS, 'unwindMachine'>;

/** The functions that machines call. */
export type MachineFunctions = Readonly<Record<MachineFunctionName, IFunction>>;

/** A machine as the compiler gives it: its name, and its definition with `${Token}`s. */
export interface MachineDefinition {
  readonly name: string;
  readonly definition: JsonObject;
}

/**
 * The state machines of the deployed workflows and the one that unwinds, under one role. CDK sees no states in a string
 * definition, so this grants each call itself: the functions, the unwind machine, children of distributed Maps, and nothing else.
 */
export class Machines extends Construct {
  readonly role: Role;
  /** What `${Token}`s stand for in definitions. */
  readonly substitutions: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, functions: MachineFunctions) {
    super(scope, id);
    const unwindArn = machineArn(this, UNWIND_MACHINE.name);
    this.substitutions = {
      ...Object.fromEntries(
        named(functions).map(([name, called]) => [MACHINE_TOKENS[name], called.functionArn]),
      ),
      [MACHINE_TOKENS.unwindMachine]: unwindArn,
    };
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    this.#grantCalls(
      named(functions).map(([, called]) => called.functionArn),
      unwindArn,
    );
    this.add(UNWIND_MACHINE);
    addUnwindAlarms(this, unwindArn);
  }

  /** Deploys a machine; it is kept when it leaves the stack, because executions of it may still run. */
  add(machine: MachineDefinition): CfnStateMachine {
    const resource = new CfnStateMachine(this, `Machine-${machine.name}`, {
      stateMachineName: `${MACHINE_PREFIX}${machine.name}`,
      roleArn: this.role.roleArn,
      definitionString: JSON.stringify(machine.definition),
      definitionSubstitutions: { ...this.substitutions },
      tracingConfiguration: { enabled: true },
    });
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN);
    resource.node.addDependency(this.role);
    return resource;
  }

  #grantCalls(functionArns: readonly string[], unwindArn: string): void {
    const stack = Stack.of(this);
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [...functionArns] }),
    );
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [unwindArn] }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [executionArns(this, UNWIND_MACHINE.name)],
      }),
    );
    // Step Functions writes its own segments, and asks which traces to keep; none of these takes a resource.
    this.role.addToPolicy(
      new PolicyStatement({
        actions: [
          ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
          ...['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
        ],
        resources: ['*'],
      }),
    );
    // A distributed Map starts, watches, stops and redrives executions of its own machine; which machines there are is said at
    // run time, too (Step Functions Developer Guide, "IAM policies for using Distributed Map states").
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [machineArn(this, '*')] }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [executionArns(this, '*')],
      }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['states:RedriveExecution'],
        resources: [executionArns(this, '*/*')],
      }),
    );
    // `.sync:2` watches the child by a rule of this fixed name (Step Functions Developer Guide, nested workflows).
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [
          stack.formatArn({
            service: 'events',
            resource: 'rule',
            resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
          }),
        ],
      }),
    );
  }
}

function named(functions: MachineFunctions): [MachineFunctionName, IFunction][] {
  return Object.entries(functions) as [MachineFunctionName, IFunction][];
}

/** ARN of one of our machines; `*` for all. */
export function machineArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: `${MACHINE_PREFIX}${name}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** ARN pattern of the Map Runs of our machines. */
export function mapRunArns(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'mapRun',
    resourceName: `${MACHINE_PREFIX}*/*:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** ARN pattern of the executions of one of our machines; `*` for all. */
export function executionArns(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${MACHINE_PREFIX}${name}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
