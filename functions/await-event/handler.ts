import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createAwaitEvent } from './await-event.ts';

export const handler = lambdaHandler(createAwaitEvent(connectPorts()));
