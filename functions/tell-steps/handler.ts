import { connectTelling } from '../monitoring-ports.ts';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createTellSteps } from './tell-steps.ts';

const { engine } = await connectPorts();

export const handler = lambdaHandler(createTellSteps({ ...connectTelling(), engine }));
