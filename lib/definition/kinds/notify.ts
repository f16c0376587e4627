import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { failureFields, NameSchema, stepFields, TextSchema, type UnreadList, workFields } from '../fields.ts';
import type { NotifyStep } from '../model.ts';
import { type Reading, readBase, readFallible, readWork } from '../reading.ts';

/** A `notify` step. */
export function notifySchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      notify: z
        .strictObject({
          topic: NameSchema.describe('What it is about; who listens to it is told.'),
          subject: TextSchema.optional().describe('One line.'),
          message: JsonSchema.describe('Text, or an object.').meta({
            examples: ['The rollout is through.', { site: '{% $input.site %}' }],
          }),
        })
        .describe('Whom, and what.'),
    })
    .describe('Tells those who listen to a topic.');
}

/** A `notify` step. */
export function readNotifyStep(
  step: z.infer<ReturnType<typeof notifySchema<UnreadList>>>,
  reading: Reading,
): NotifyStep {
  const { topic, subject, message } = step.notify;
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    kind: 'notify',
    topic,
    subject,
    message,
  };
}
