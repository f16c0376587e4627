import * as z from 'zod';
import {
  DurationSchema,
  failureFields,
  JsonObjectSchema,
  stepFields,
  type UnreadList,
  workFields,
} from '../fields.ts';
import type { AslStep } from '../model.ts';
import { durationMs } from '../read-retry.ts';
import { type Reading, readBase, readFallible, readWork } from '../reading.ts';

/** Fields of a state that hold states of their own: names of the definition language are not known in them. */
export const STATE_BLOCKS: readonly string[] = ['Branches', 'ItemProcessor', 'Iterator'];

/** An `asl` step. */
export function aslSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      asl: JsonObjectSchema.describe(
        'A state of Amazon States Language in JSONata, without what leads on from it (Next, End, Retry, Catch, Assign, Output).',
      ).meta({
        examples: [
          {
            Type: 'Task',
            Resource: 'arn:aws:states:::sqs:sendMessage',
            Arguments: { QueueUrl: '{% $input.queue %}', MessageBody: 'done' },
          },
        ],
      }),
      timeout: DurationSchema.optional().describe('How long a Task may take.'),
    })
    .describe('Runs a state of Amazon States Language as it is; gives its result.');
}

/** An `asl` step. */
export function readAslStep(
  step: z.infer<ReturnType<typeof aslSchema<UnreadList>>>,
  reading: Reading,
): AslStep {
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    kind: 'asl',
    state: step.asl,
    timeoutMs: durationMs(step.timeout),
  };
}
