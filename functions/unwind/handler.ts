import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createUnwind } from './unwind.ts';

export const handler = lambdaHandler(createUnwind(connectPorts()));
