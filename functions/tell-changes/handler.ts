import type { DynamoDBStreamEvent } from 'aws-lambda';
import { connectTelling } from '../monitoring-ports.ts';
import { logger } from '../observability.ts';
import { lambdaHandler } from '../shell.ts';
import { createTellChanges } from './tell-changes.ts';

const tellChanges = createTellChanges({
  ...connectTelling(),
  onDefect: (error) => logger.error('a change could not be told of', { error }),
});

export const handler = lambdaHandler(async ({ Records }: DynamoDBStreamEvent) => tellChanges(Records));
