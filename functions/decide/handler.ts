import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createDecide } from './decide.ts';

export const handler = lambdaHandler(createDecide(connectPorts()));
