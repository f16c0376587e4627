import { Logger } from '@aws-lambda-powertools/logger';
import { Tracer } from '@aws-lambda-powertools/tracer';

/** Structured logs of all functions. Inputs and payloads are never logged: they may hold secrets. */
export const logger = new Logger();

/** Traces of all functions, by X-Ray. */
export const tracer = new Tracer();
