import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createStartWorkflow } from './start-workflow.ts';

export const handler = lambdaHandler(createStartWorkflow(connectPorts()));
