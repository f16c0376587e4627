import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createLock } from './lock.ts';

export const handler = lambdaHandler(createLock(connectPorts()));
