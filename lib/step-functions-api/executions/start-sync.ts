import type { JsonObject } from '#core/json.ts';
import type { ExecutionDescription } from '#engine/engine.ts';
import { executionArn, machineArn } from '../arn.ts';
import { ApiFault } from '../faults.ts';
import { IncludedDataField, optional } from '../fields.ts';
import { type ApiCall, operation, timestamp } from '../operation.ts';
import { dataOf } from './describe.ts';
import { begin, readStart, StartInput } from './start.ts';
import { typeNotSupported } from './type-not-supported.ts';

/** What a unit of billed time and memory is (Step Functions, "Pricing"): 100 ms and 64 MB. Nothing is billed here. */
const BILLED_MS = 100;
const BILLED_MB = 64;

/** `StartSyncExecution`: starts an express execution, and answers when it has ended. */
export const startSyncExecution = operation(
  StartInput.extend({ includedData: optional(IncludedDataField) }),
  async ({ includedData, ...request }, parts, { signal }) => {
    const start = readStart(request, parts);
    if (start.machine.type !== 'EXPRESS') throw typeNotSupported();
    await begin(start, parts);
    const ended = await untilEnded(parts.engine.whenEnded(start.ref), signal);
    return {
      ...describe(ended, includedData !== 'METADATA_ONLY'),
      billingDetails: { billedDurationInMilliseconds: billedMs(ended), billedMemoryUsedInMB: BILLED_MB },
    };
  },
);

/** The execution goes on where nobody waits for it any more. */
function untilEnded(
  ended: Promise<ExecutionDescription>,
  signal: ApiCall['signal'],
): Promise<ExecutionDescription> {
  const given = new Promise<never>((_, reject) => {
    const giveUp = (): void =>
      reject(new ApiFault('ServiceUnavailableException', 'the server is shutting down', { status: 503 }));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  return Promise.race([ended, given]);
}

function billedMs({ startedAt, endedAt = startedAt }: ExecutionDescription): number {
  return Math.max(1, Math.ceil((endedAt - startedAt) / BILLED_MS)) * BILLED_MS;
}

function describe(ended: ExecutionDescription, included: boolean): JsonObject {
  const { ref, status, startedAt, endedAt = startedAt } = ended;
  return {
    executionArn: executionArn(ref),
    stateMachineArn: machineArn(ref.machine),
    name: ref.name.split(':')[0] ?? ref.name,
    status: status === 'ABORTED' ? 'FAILED' : status,
    startDate: timestamp(startedAt),
    stopDate: timestamp(endedAt),
    ...dataOf(ended, included),
  };
}
