import { tracer } from '../observability.ts';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createDeviceMessage } from './device-message.ts';
import { executionOfMessage } from './execution-of-message.ts';

const take = createDeviceMessage(connectPorts());

export const handler = lambdaHandler(async (message: unknown) => {
  // What a device says begins a trace of its own: by this it is found with that of the execution.
  const execution = executionOfMessage(message);
  if (execution !== undefined) tracer.putAnnotation('execution', execution);
  return take(message);
});
