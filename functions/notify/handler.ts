import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createNotify } from './notify.ts';

export const handler = lambdaHandler(createNotify(connectPorts()));
