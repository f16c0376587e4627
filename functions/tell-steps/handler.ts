import { XRayClient } from '@aws-sdk/client-xray';
import { connectTelling } from '../monitoring-ports.ts';
import { logger } from '../observability.ts';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createTellSteps } from './tell-steps.ts';
import { traceTeller } from './trace-teller.ts';

const { engine } = connectPorts();
const telling = connectTelling();
const trace = traceTeller(telling.table, { client: new XRayClient({}), logger });

export const handler = lambdaHandler(createTellSteps({ ...telling, engine, trace }));
