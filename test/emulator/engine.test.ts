import { SFNClient } from '@aws-sdk/client-sfn';
import { StepFunctionsEngine } from '#engine/step-functions.ts';
import { emulatorClientConfig } from '../../localstack/stacks.ts';
import { describeEngine } from '../contract/engine.ts';
import { deployed, describeEmulated } from './stacks.ts';

describeEmulated('on the emulator', () => {
  describeEngine('Step Functions', async () => {
    const client = new SFNClient(emulatorClientConfig(deployed().endpoint));
    const engine = new StepFunctionsEngine({
      client,
      machineArnPrefix: 'arn:aws:states:us-east-1:000000000000:stateMachine:contract-',
      deployment: { roleArn: 'arn:aws:iam::000000000000:role/contract', substitutions: {} },
    });
    return { engine, close: async () => client.destroy() };
  });
});
