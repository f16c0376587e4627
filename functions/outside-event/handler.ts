import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createOutsideEvent } from './outside-event.ts';

/** The sources of the project are part of the bundle. */
const sources = JSON.parse(readFileSync(join(import.meta.dirname, 'events.json'), 'utf8'));

export const handler = lambdaHandler(createOutsideEvent(connectPorts(), sources));
