import * as z from 'zod';
import type { JsonObject } from '#core/json.ts';
import type { ExecutionDescription } from '#engine/engine.ts';
import { executionArn, machineArn, readExecutionArn } from '../arn.ts';
import type { Pin } from '../catalogue/pin-store.ts';
import { noExecution } from '../faults.ts';
import { ArnField, IncludedDataField, optional } from '../fields.ts';
import { operation, timestamp } from '../operation.ts';
import type { ApiParts } from '../parts.ts';

/** `DescribeExecution`. */
export const describeExecution = operation(
  z.object({ executionArn: ArnField, includedData: optional(IncludedDataField) }),
  async (input, parts) => {
    const found = await demandExecution(parts, input.executionArn);
    const { ref, status, startedAt, endedAt } = found;
    return {
      ...{ executionArn: executionArn(ref), stateMachineArn: machineArn(ref.machine), name: ref.name },
      ...{ status, startDate: timestamp(startedAt) },
      ...(endedAt === undefined ? {} : { stopDate: timestamp(endedAt) }),
      ...dataOf(found, input.includedData !== 'METADATA_ONLY'),
      ...startedBy(parts.catalogue.pins.find(ref)),
      ...childOf(parts, found),
      ...redriveOf(parts, found),
    };
  },
);

function childOf({ mapRuns }: ApiParts, { ref }: ExecutionDescription): JsonObject {
  const child = mapRuns.ofChild(ref);
  return child === undefined ? {} : { mapRunArn: child.mapRunArn };
}

/** The execution that an ARN names. Throws ExecutionDoesNotExist. */
export async function demandExecution({ engine }: ApiParts, arn: string): Promise<ExecutionDescription> {
  const found = await engine.describe(readExecutionArn(arn));
  if (found === undefined) throw noExecution(arn);
  return found;
}

/** The version and the alias that an execution was started by. */
export function startedBy(pin: Pin | undefined): JsonObject {
  if (pin === undefined) return {};
  const { ref, version, alias } = pin;
  return {
    ...(version === undefined ? {} : { stateMachineVersionArn: machineArn(ref.machine, version) }),
    ...(alias === undefined ? {} : { stateMachineAliasArn: machineArn(ref.machine, alias) }),
  };
}

/** Input, output, error and cause of an execution; documents are left out where only its metadata is asked for. */
export function dataOf({ input, output, error, cause }: ExecutionDescription, included: boolean): JsonObject {
  const details = { included };
  return {
    inputDetails: details,
    ...(included ? { input: JSON.stringify(input) } : {}),
    ...(output === undefined ? {} : { outputDetails: details }),
    ...(output === undefined || !included ? {} : { output: JSON.stringify(output) }),
    // One that was stopped without a reason has none.
    ...(error === undefined || error === '' ? {} : { error }),
    ...(cause === undefined || cause === '' ? {} : { cause }),
  };
}

function redriveOf({ redrive }: ApiParts, execution: ExecutionDescription): JsonObject {
  const { count, redrivenAt } = redrive.state(execution.ref);
  const reason = redrive.refusal(execution);
  return {
    redriveCount: count,
    ...(redrivenAt === undefined ? {} : { redriveDate: timestamp(redrivenAt) }),
    redriveStatus: reason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...(reason === undefined ? {} : { redriveStatusReason: reason }),
  };
}
