import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createCallHttp } from './call-http.ts';

export const handler = lambdaHandler(createCallHttp(connectPorts()));
