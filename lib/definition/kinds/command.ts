import * as z from 'zod';
import {
  CommandNameSchema,
  ConditionSchema,
  cacheFields,
  DurationSchema,
  failureFields,
  JsonObjectSchema,
  stepFields,
  TextSchema,
  type UnreadList,
  workFields,
} from '../fields.ts';
import type { CommandStep } from '../model.ts';
import { durationMs, readRetry } from '../read-retry.ts';
import { expressionText, type Reading, readBase, readCache, readFallible, readWork } from '../reading.ts';
import { RoutingSchema, readRouting } from '../routing.ts';
import type { Compensate, Verify } from '../step-parts.ts';
import { readVerify, VerifySchema } from '../verify.ts';

/** How long a command is waited for where nothing says, in ms. */
const DEFAULT_TIMEOUT_MS = 60_000;

const CompensateSchema = z
  .strictObject({
    command: CommandNameSchema.describe('The command that undoes this one.'),
    device: TextSchema.optional().describe('Where, when not on the same device.'),
    with: JsonObjectSchema.optional()
      .describe('Arguments; $target is the device as it was before.')
      .meta({ examples: [{ release: '{% $target.reported.firmware %}' }] }),
    timeout: DurationSchema.optional().describe('How long its answer is waited for.'),
    verify: VerifySchema.optional(),
  })
  .describe('How the step is undone when the execution unwinds.');

/** A `command` step to a device that it names. */
export function commandSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({
      ...commandFields(list),
      device: TextSchema.min(1, 'is empty').describe('Id of the device.'),
    })
    .describe('Sends a command to a device and waits for its answer.');
}

/** A `command` step to a device that is chosen. */
export function routedCommandSchema<List extends z.ZodType>(list: List) {
  return z
    .strictObject({ ...commandFields(list), on: RoutingSchema })
    .describe('Sends a command to a device that is chosen, and waits for its answer.');
}

/** What a command has, wherever it goes. */
function commandFields<List extends z.ZodType>(list: List) {
  return {
    ...stepFields,
    ...failureFields(list),
    ...workFields,
    ...cacheFields,
    command: CommandNameSchema.describe('Name of the command, from the catalogue commands/.'),
    with: JsonObjectSchema.optional()
      .describe('Arguments. $target is the device as registered just before.')
      .meta({ examples: [{ release: '{% $input.release %}' }] }),
    timeout: DurationSchema.optional().describe('How long an answer is waited for. Default 60s.'),
    expires: DurationSchema.optional().describe(
      'How long an offline device may take. Default: fail at once.',
    ),
    priority: z
      .int()
      .min(0)
      .max(999)
      .optional()
      .describe('Higher first in the mailbox. Default 500.')
      .meta({ examples: [900] }),
    await: z
      .enum(['response', 'ack', 'none'])
      .optional()
      .describe(
        'What is waited for: the answer, that the device has got the command, or nothing. Default response.',
      ),
    expect: ConditionSchema.optional().describe(
      'Over $result; when not true, the step fails: Step.Unexpected.',
    ),
    compensate: CompensateSchema.optional(),
  };
}

type WrittenFields = z.infer<z.ZodObject<ReturnType<typeof commandFields<UnreadList>>>>;
type Written = WrittenFields & { readonly device?: string; readonly on?: z.infer<typeof RoutingSchema> };

/** A `command` step, with the defaults of the workflow and the catalogue. */
export function readCommandStep(step: Written, reading: Reading): CommandStep {
  const { defaults } = reading;
  const timeoutMs = durationMs(step.timeout) ?? usualTimeoutMs(step.command, reading) ?? DEFAULT_TIMEOUT_MS;
  return {
    ...readBase(step, reading),
    ...readFallible(step, reading),
    ...readWork(step),
    retry: step.retry === undefined ? defaults.retry : readRetry(step.retry),
    kind: 'command',
    command: step.command,
    device: step.device,
    on: step.on && readRouting(step.on),
    with: step.with ?? {},
    timeoutMs,
    expiresMs: durationMs(step.expires) ?? 0,
    priority: step.priority ?? 500,
    await: step.await ?? 'response',
    cache: readCache(step.cache),
    expect: expressionText(step.expect),
    compensate: step.compensate && readCompensate(step.compensate, timeoutMs, reading),
    verify: verifyOf(step, reading),
    isPivot: defaults.catalogued(step.command)?.effect === 'pivot',
  };
}

function readCompensate(
  written: NonNullable<Written['compensate']>,
  stepTimeoutMs: number,
  reading: Reading,
): Compensate {
  const { command, device, with: values = {}, timeout } = written;
  const timeoutMs = durationMs(timeout) ?? usualTimeoutMs(command, reading) ?? stepTimeoutMs;
  return { command, device, with: values, timeoutMs };
}

/** Only what may have to be undone, and what decides whether others are, is ever asked about. */
function verifyOf({ command, compensate }: Written, reading: Reading): Verify | undefined {
  const known = reading.defaults.catalogued(command);
  const written = compensate?.verify ?? known?.verify;
  if (written === undefined || (compensate === undefined && known?.effect !== 'pivot')) return undefined;
  return readVerify(written, (asking) => usualTimeoutMs(asking, reading));
}

function usualTimeoutMs(command: string, { defaults }: Reading): number | undefined {
  return defaults.timeoutMs ?? defaults.catalogued(command)?.timeoutMs;
}
