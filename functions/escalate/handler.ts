import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createEscalate } from './escalate.ts';

export const handler = lambdaHandler(createEscalate(connectPorts()));
