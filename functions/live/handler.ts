import { connectClients } from '../monitoring-ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createLive } from './live.ts';

export const handler = lambdaHandler(createLive(connectClients()));
