import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createRequestApproval } from './request-approval.ts';

export const handler = lambdaHandler(createRequestApproval(connectPorts()));
