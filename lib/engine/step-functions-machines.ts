import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  type SFNClient,
  StateMachineAlreadyExists,
} from '@aws-sdk/client-sfn';
import type { Machine } from './engine.ts';
import { otherDefinition } from './faults.ts';

/** What making machines on AWS takes. */
export interface MachineDeployment {
  readonly roleArn: string;
  /** What the tokens of definitions stand for. */
  readonly substitutions: Readonly<Record<string, string>>;
}

/** Where machines are made. */
export interface MachinePlace {
  readonly client: SFNClient;
  /** ARN of a machine without the machine's own name. */
  readonly machineArnPrefix: string;
}

/** Tries of a description that may lag behind what was just created. */
const STATUS_TRIES = 5;

/** Makes a machine, and waits until it can be started. Without effect on the same one; throws SW4012 where another has its name. */
export async function deployMachine(
  { client, machineArnPrefix }: MachinePlace,
  { name, definition }: Machine,
  { roleArn, substitutions }: MachineDeployment,
): Promise<void> {
  const text = substitute(JSON.stringify(definition), substitutions);
  const stateMachineArn = `${machineArnPrefix}${name}`;
  const describe = () => client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  try {
    await client.send(
      new CreateStateMachineCommand({
        name: stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1),
        definition: text,
        roleArn,
        tracingConfiguration: { enabled: true },
      }),
    );
  } catch (error) {
    if (!(error instanceof StateMachineAlreadyExists)) throw error;
    if ((await describe()).definition !== text) throw otherDefinition(name);
  }
  for (let tries = 1; tries <= STATUS_TRIES; tries++) {
    if ((await describe()).status === 'ACTIVE') return;
    await pause(100 * tries);
  }
}

function substitute(text: string, substitutions: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (token, name: string) => substitutions[name] ?? token);
}
