import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createRollout } from './rollout.ts';

export const handler = lambdaHandler(createRollout(connectPorts()));
