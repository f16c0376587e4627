import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { executionArns } from './machines.ts';
import type { RuntimeStack } from './runtime-stack.ts';
import { allowChildren, ServiceFunction } from './service-function.ts';

/** What counting by hour and day needs. */
export interface RollUpsProps {
  readonly table: Table;
  readonly runtime: RuntimeStack;
  /** Folder with the bundled functions. */
  readonly bundles: string;
}

/**
 * Counts by hour and day: each five minutes one function reads what the feed has since. One at a time, so that a rebuild, which takes
 * the place of what was counted, is alone; what a call does not get to, the next one does.
 */
export class RollUps extends Construct {
  constructor(scope: Construct, id: string, { table, runtime, bundles }: RollUpsProps) {
    super(scope, id);
    const rollUp = new ServiceFunction(this, 'roll-up', {
      bundle: join(bundles, 'roll-up'),
      description: 'Counts by hour and day what has happened, and counts anew what is asked for',
      ...{ timeout: Duration.minutes(5), memorySize: 1_024, atOnce: 1 },
      environment: runtime.functions.environment,
    })
      .writeTable(table)
      .allow(['states:DescribeExecution', 'states:GetExecutionHistory'], [executionArns(this, '*')]);
    allowChildren(rollUp);
    new Rule(this, 'Often', {
      description: 'Counting by hour and day',
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaTarget(rollUp.lambda, { retryAttempts: 0 })],
    });
  }
}
