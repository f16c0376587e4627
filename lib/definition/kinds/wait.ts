import * as z from 'zod';
import { readExpression } from '#expression/delimiters.ts';
import {
  ConditionSchema,
  DurationSchema,
  failureFields,
  MomentSchema,
  stepFields,
  TextSchema,
  type UnreadList,
  workFields,
} from '../fields.ts';
import type { EventStep, WaitStep } from '../model.ts';
import { durationMs } from '../read-retry.ts';
import { expressionText, type Reading, readBase, readFallible, readWork } from '../reading.ts';

/** A `wait` step for a time. */
export function waitSchema() {
  return z
    .strictObject({
      ...stepFields,
      wait: z
        .union([
          z.strictObject({
            for: z
              .union([DurationSchema, ConditionSchema])
              .describe('A duration, or an expression that gives seconds.'),
          }),
          z.strictObject({
            until: MomentSchema,
          }),
        ])
        .describe('How long, or until when.'),
    })
    .describe('Waits for a time.');
}

/** A `wait` step for a time. */
export function readWaitStep(step: z.infer<ReturnType<typeof waitSchema>>, reading: Reading): WaitStep {
  const base = readBase(step, reading);
  if ('until' in step.wait) return { ...base, kind: 'wait', wait: { until: step.wait.until } };
  const seconds = readExpression(step.wait.for)?.text;
  const wait = seconds === undefined ? { ms: durationMs(step.wait.for) } : { seconds };
  return { ...base, kind: 'wait', wait };
}

/** A `wait` step for an event. */
export function eventSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      wait: z
        .strictObject({
          event: z
            .strictObject({
              name: TextSchema.min(1, 'is empty').describe('Name of the event, such as door.opened.'),
              where: ConditionSchema.optional().describe(
                'Over $event, which is its data: which events of the name are meant.',
              ),
            })
            .describe('An event that somebody tells of: a device, a service, a person.'),
        })
        .describe('What is waited for.'),
      timeout: DurationSchema.optional().describe(
        'How long is waited; then the step fails: Event.Timeout. Default: as long as it takes.',
      ),
    })
    .describe('Waits for an event; gives its data.');
}

/** A `wait` step for an event. */
export function readEventStep(
  step: z.infer<ReturnType<typeof eventSchema<UnreadList>>>,
  reading: Reading,
): EventStep {
  const { name, where } = step.wait.event;
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    kind: 'event',
    event: name,
    where: expressionText(where),
    timeoutMs: durationMs(step.timeout),
  };
}
