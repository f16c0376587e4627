import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import type { Engine, ExecutionEnded } from '#engine/engine.ts';

/** EventBridge's "Step Functions Execution Status Change" of an execution that has ended. Times are ms since the epoch. */
const StatusChangeSchema = z.object({
  detail: z.object({
    stateMachineArn: z.string(),
    name: z.string(),
    status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
    // AWS gives milliseconds, LocalStack a date.
    stopDate: z.union([z.number(), z.string().transform((text) => Date.parse(text))]).nullish(),
    output: z.string().nullish(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
});

/**
 * What an event of EventBridge says. Events leave out documents that are large, and some their error: then the engine is
 * asked.
 *
 * @param machineArnPrefix ARN of a machine without the machine's own name.
 */
export async function readStatusChange(
  event: unknown,
  {
    engine,
    machineArnPrefix,
  }: { readonly engine: Pick<Engine, 'describe'>; readonly machineArnPrefix: string },
): Promise<ExecutionEnded | undefined> {
  const { stateMachineArn, name, status, stopDate, output, error, cause } =
    StatusChangeSchema.parse(event).detail;
  if (!stateMachineArn.startsWith(machineArnPrefix)) return undefined;
  const ref = { machine: stateMachineArn.slice(machineArnPrefix.length), name };
  // A child of a distributed Map is a part of its parent's execution.
  if (ref.machine.includes('/')) return undefined;
  const isWhole = status === 'SUCCEEDED' ? typeof output === 'string' : typeof error === 'string';
  const told = {
    ...(typeof output === 'string' ? { output: JsonSchema.parse(JSON.parse(output)) } : {}),
    ...(typeof error === 'string' ? { error } : {}),
    ...(typeof cause === 'string' ? { cause } : {}),
  };
  const found = isWhole ? undefined : await engine.describe(ref);
  return {
    ref,
    status,
    ...told,
    ...(found?.output === undefined ? {} : { output: found.output }),
    ...(found?.error === undefined ? {} : { error: found.error }),
    ...(found?.cause === undefined ? {} : { cause: found.cause }),
    endedAt: stopDate ?? found?.endedAt ?? Date.now(),
  };
}
