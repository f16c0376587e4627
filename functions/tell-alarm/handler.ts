import { connectTelling } from '../monitoring-ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createTellAlarm } from './tell-alarm.ts';

export const handler = lambdaHandler(createTellAlarm(connectTelling()));
