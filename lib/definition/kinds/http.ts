import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import {
  ConditionSchema,
  cacheFields,
  DurationSchema,
  failureFields,
  stepFields,
  TextSchema,
  type UnreadList,
  workFields,
} from '../fields.ts';
import type { HttpCall, HttpCompensate, HttpStep } from '../model.ts';
import { durationMs } from '../read-retry.ts';
import { expressionText, type Reading, readBase, readCache, readFallible, readWork } from '../reading.ts';

/** How long a service may take to answer where nothing says, in ms. */
const DEFAULT_TIMEOUT_MS = 30_000;

const HeaderSchema = z.union([
  TextSchema,
  z.strictObject({
    secret: z
      .string()
      .min(1)
      .describe('Name of a secret; its value never stands in a file.')
      .meta({ examples: ['ticket-system'] }),
  }),
]);

const CallSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']).optional().describe('Default GET.'),
  url: TextSchema.min(1, 'is empty')
    .describe('https://…; addresses of private networks are refused.')
    .meta({ examples: ['https://tickets.example.com/v1/tickets'] }),
  headers: z
    .record(z.string(), HeaderSchema)
    .optional()
    .describe('Header fields by name.')
    .meta({ examples: [{ authorization: { secret: 'ticket-system' } }] }),
  body: JsonSchema.optional()
    .describe('Sent as JSON; a text as it is.')
    .meta({ examples: [{ title: '{% $input.title %}' }] }),
});

const VerifySchema = z
  .strictObject({
    http: CallSchema.describe('The call that asks; it reads what the step reads, but no $result.'),
    expect: ConditionSchema.describe(
      'Over $result, its answer, of any status below 500: true when the call took effect, false when it did not.',
    ),
    timeout: DurationSchema.optional().describe('How long its answer is waited for.'),
  })
  .describe('How it is found out whether the call took effect when its answer did not come.');

const CompensateSchema = z
  .strictObject({
    http: CallSchema.describe('The call that undoes this one; $result is what the step was answered.'),
    timeout: DurationSchema.optional().describe('How long its answer is waited for.'),
    verify: VerifySchema.optional(),
  })
  .describe('How the step is undone when the execution unwinds.');

/** An `http` step. */
export function httpSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...stepFields,
      ...failureFields(list),
      ...workFields,
      ...cacheFields,
      http: CallSchema.describe('The call.'),
      timeout: DurationSchema.optional().describe(
        'How long an answer is waited for, at most 5m. Default 30s.',
      ),
      expect: ConditionSchema.optional().describe(
        'Over $result; when not true, the step fails: Step.Unexpected.',
      ),
      compensate: CompensateSchema.optional(),
    })
    .describe('Calls a service over HTTP; gives status, headers and body of its answer.');
}

/** An `http` step. */
export function readHttpStep(
  step: z.infer<ReturnType<typeof httpSchema<UnreadList>>>,
  reading: Reading,
): HttpStep {
  const timeoutMs = durationMs(step.timeout) ?? DEFAULT_TIMEOUT_MS;
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    kind: 'http',
    ...readCall(step.http),
    timeoutMs,
    expect: expressionText(step.expect),
    cache: readCache(step.cache),
    compensate: step.compensate && readCompensate(step.compensate, timeoutMs),
  };
}

function readCompensate(
  { http, timeout, verify }: z.infer<typeof CompensateSchema>,
  otherwiseMs: number,
): HttpCompensate {
  const timeoutMs = durationMs(timeout) ?? otherwiseMs;
  return {
    ...readCall(http),
    timeoutMs,
    verify: verify && {
      ...readCall(verify.http),
      timeoutMs: durationMs(verify.timeout) ?? timeoutMs,
      expect: expressionText(verify.expect),
    },
  };
}

function readCall({ method = 'GET', url, headers = {}, body }: z.infer<typeof CallSchema>): HttpCall {
  return { method, url, headers, body };
}
