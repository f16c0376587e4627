import { StepFunctionsEngine } from '#engine/step-functions.ts';
import { openStepFunctions, ROLE } from '#support/step-functions-server.ts';
import { describeEngine } from './engine.ts';

describeEngine('the Step Functions adapter on our own API', async () => {
  const server = await openStepFunctions();
  return {
    engine: new StepFunctionsEngine({
      client: server.client,
      machineArnPrefix: 'arn:aws:states:local:000000000000:stateMachine:',
      deployment: { roleArn: ROLE, substitutions: {} },
    }),
    close: server.close,
  };
});
