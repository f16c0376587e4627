import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createDeadline } from './deadline.ts';

const deadline = createDeadline(connectPorts());
const processor = new BatchProcessor(EventType.SQS);

const takeRecord = async ({ body }: SQSRecord): Promise<void> => {
  await deadline(JSON.parse(body));
};

/** Records that fail come again by themselves; the others of the batch do not. */
export const handler = lambdaHandler((event: SQSEvent) =>
  processPartialResponse(event, takeRecord, processor),
);
