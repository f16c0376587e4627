import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createExecutionEnded } from './execution-ended.ts';
import { readStatusChange } from './status-change.ts';

const ports = connectPorts();
const executionEnded = createExecutionEnded(ports);
const source = { engine: ports.engine, machineArnPrefix: process.env['MACHINE_ARN_PREFIX'] ?? '' };

export const handler = lambdaHandler(async (event: unknown) => {
  const ended = await readStatusChange(event, source);
  if (ended !== undefined) await executionEnded(ended);
});
