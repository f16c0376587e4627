import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createSettleIteration } from './settle-iteration.ts';

export const handler = lambdaHandler(createSettleIteration(connectPorts()));
