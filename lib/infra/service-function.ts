import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { addErrorAlarm } from './alarms.ts';
import { executionArns, mapRunArns } from './machines.ts';
import { INDEXES } from './names.ts';

/** What a function of ours needs to be built. */
export interface ServiceFunctionProps {
  /** Folder with the function's bundle. */
  readonly bundle: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Default 10 s. */
  readonly timeout?: Duration;
  /** In MiB. Default 256. */
  readonly memorySize?: number;
  /** So many of it run at once at most. Default: as many as there are calls. */
  readonly atOnce?: number;
}

/** The table's actions a function may get. `Scan` is not among them: no path of ours scans. */
const READ = ['dynamodb:GetItem', 'dynamodb:Query'];
const WRITE = [
  ...['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
  ...['dynamodb:BatchWriteItem', 'dynamodb:ConditionCheckItem'],
];

/**
 * A Lambda function the way all of ours are: Node 24 on ARM, one bundle, JSON logs kept for a month, traced by X-Ray,
 * and no right but what is granted here by name.
 */
export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    this.lambda = new LambdaFunction(this, 'Function', {
      role,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'handler.handler',
      code: Code.fromAsset(props.bundle),
      description: props.description,
      memorySize: props.memorySize ?? 256,
      timeout: props.timeout ?? Duration.seconds(10),
      ...(props.atOnce === undefined ? {} : { reservedConcurrentExecutions: props.atOnce }),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      environment: { POWERTOOLS_SERVICE_NAME: 'stepwright', FUNCTION: id, ...props.environment },
    });
    addErrorAlarm(this, id, this.lambda);
  }

  /** Lets the function read the table and its indexes. */
  readTable(table: Table): this {
    return this.allow(READ, [table.tableArn, ...INDEXES.map((index) => `${table.tableArn}/index/${index}`)]);
  }

  /** Lets the function read and write the table. */
  writeTable(table: Table): this {
    return this.readTable(table).allow(WRITE, [table.tableArn]);
  }

  /** Grants actions on resources, by name. */
  allow(actions: readonly string[], resources: readonly string[]): this {
    this.lambda.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    return this;
  }
}

/** Lets a function look for child executions of distributed Maps. */
export function allowChildren(lister: ServiceFunction): ServiceFunction {
  return lister
    .allow(['states:ListMapRuns'], [executionArns(lister, '*')])
    .allow(['states:ListExecutions'], [mapRunArns(lister)]);
}
