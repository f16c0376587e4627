import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createCommand } from './command.ts';

export const handler = lambdaHandler(createCommand(connectPorts()));
