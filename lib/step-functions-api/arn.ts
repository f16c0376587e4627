import type { ExecutionRef } from '#engine/engine.ts';
import { invalidArn } from './faults.ts';

/** Region and account that the ARNs of the embedded engine name; those of a request may name any. */
const OURS = 'arn:aws:states:local:000000000000';

/** What kinds of resources requests name. */
export type ArnKind = 'stateMachine' | 'execution' | 'express' | 'activity' | 'mapRun';

/** A state machine as a request names it: alone, or one of its versions or aliases. */
export interface MachineName {
  readonly machine: string;
  /** Digits name a version, anything else an alias. */
  readonly qualifier?: string;
}

/** The ARN of a state machine, or of its version or alias. */
export function machineArn(machine: string, qualifier?: string | number): string {
  return `${OURS}:stateMachine:${machine}${qualifier === undefined ? '' : `:${qualifier}`}`;
}

/** The ARN of an execution; one of an express machine is named `<name>:<id>`. */
export function executionArn({ machine, name }: ExecutionRef): string {
  return `${OURS}:${name.includes(':') ? 'express' : 'execution'}:${machine}:${name}`;
}

/** The ARN of an activity. */
export function activityArn(name: string): string {
  return `${OURS}:activity:${name}`;
}

/** Reads the ARN of a state machine, version or alias. Throws InvalidArn. */
export function readMachineArn(arn: string): MachineName {
  const [machine = '', qualifier, ...rest] = partsOf(arn, ['stateMachine']);
  if (machine === '' || qualifier === '' || rest.length > 0) throw invalidArn(`Invalid resource: ${arn}`);
  return qualifier === undefined ? { machine } : { machine, qualifier };
}

/** Reads the ARN of an execution of a standard machine. Throws InvalidArn. */
export function readExecutionArn(arn: string): ExecutionRef {
  const [machine = '', name = '', ...rest] = partsOf(arn, ['execution']);
  if (machine === '' || name === '' || rest.length > 0) throw invalidArn(`Invalid resource: ${arn}`);
  return { machine, name };
}

/** Reads the ARN of an activity; its name. Throws InvalidArn. */
export function readActivityArn(arn: string): string {
  const [name = '', ...rest] = partsOf(arn, ['activity']);
  if (name === '' || rest.length > 0) throw invalidArn(`Invalid resource: ${arn}`);
  return name;
}

/** Demands that a text is the ARN of a map run; what it names is known to who runs them. Throws InvalidArn. */
export function checkMapRunArn(arn: string): void {
  partsOf(arn, ['mapRun']);
}

/** The canonical ARN of what may carry tags: a state machine or an activity. Throws InvalidArn. */
export function readTaggedArn(
  arn: string,
): { readonly machine: MachineName } | { readonly activity: string } {
  partsOf(arn, ['stateMachine', 'activity']);
  return arn.includes(':activity:') ? { activity: readActivityArn(arn) } : { machine: readMachineArn(arn) };
}

/**
 * What stands after the kind of resource. Partition, region and account may be any: scripts that name an account of their
 * own are to work here.
 */
function partsOf(arn: string, kinds: readonly ArnKind[]): readonly string[] {
  const [prefix, partition, service, , , kind = '', ...parts] = arn.split(':');
  if (prefix !== 'arn' || partition === undefined || !partition.startsWith('aws')) {
    throw invalidArn(`Invalid ARN prefix: ${arn}`);
  }
  if (service !== 'states') throw invalidArn(`Service not valid in this context: ${service ?? ''}`);
  if (!kinds.some((each) => each === kind)) {
    throw invalidArn(`Resource type not valid in this context: ${kind}`);
  }
  return parts;
}
