import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createSelectDevices } from './select-devices.ts';

export const handler = lambdaHandler(createSelectDevices(connectPorts()));
