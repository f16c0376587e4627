import * as z from 'zod';
import { CommandNameSchema, ConditionSchema, DurationSchema, JsonObjectSchema } from './fields.ts';
import { durationMs } from './read-retry.ts';
import { expressionText } from './reading.ts';
import type { Verify } from './step-parts.ts';

/** How it is found out whether a command took effect whose answer did not come. */
export const VerifySchema = z
  .strictObject({
    expect: ConditionSchema.describe(
      'True when the command took effect. Over $target, the device as it is when it is asked, $with, the arguments of the command, and $result, the answer to the `command`.',
    ).meta({ examples: ['{% $target.reported.firmware = $with.release %}'] }),
    command: CommandNameSchema.optional().describe(
      'A command that asks the device. Without it, the device is expected to report its state by itself.',
    ),
    with: JsonObjectSchema.optional()
      .describe('Arguments of the command that asks.')
      .meta({ examples: [{ release: '{% $with.release %}' }] }),
    timeout: DurationSchema.optional().describe(
      'How long the answer, or a report, is waited for. Default 60s.',
    ),
  })
  .describe(
    'How it is found out whether the command took effect when its answer did not come: before it is undone, or left.',
  );

/** How long a device is asked where nothing says, in ms. */
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * How a command whose outcome is unknown is asked about.
 *
 * @param usualTimeoutMs how long a command is waited for where its step does not say, in ms.
 */
export function readVerify(
  { expect, command, with: values = {}, timeout }: z.infer<typeof VerifySchema>,
  usualTimeoutMs: (command: string) => number | undefined,
): Verify {
  const usual = command === undefined ? undefined : usualTimeoutMs(command);
  const timeoutMs = durationMs(timeout) ?? usual ?? DEFAULT_TIMEOUT_MS;
  return { expect: expressionText(expect), command, with: values, timeoutMs };
}
