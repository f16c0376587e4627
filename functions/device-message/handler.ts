import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createDeviceMessage } from './device-message.ts';

export const handler = lambdaHandler(createDeviceMessage(await connectPorts()));
