import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import { executionArn, readMachineArn } from '../arn.ts';
import type { StoredMachine } from '../catalogue/machine-store.ts';
import { isVersion } from '../catalogue/revisions.ts';
import { DEEPEST_DATA, readJson } from '../definition/json-text.ts';
import { ApiFault, executionExists, machineDeleting, noStateMachine } from '../faults.ts';
import { ArnField, DataField, NameField, optional } from '../fields.ts';
import { demandMachine } from '../machines/find.ts';
import { checkName } from '../names.ts';
import { operation, timestamp } from '../operation.ts';
import type { ApiParts } from '../parts.ts';

/** X-Ray's header is taken, and leads nowhere here. */
const TraceHeaderField = z.string().max(256);

export const StartInput = z.object({
  stateMachineArn: ArnField,
  name: optional(NameField),
  input: optional(DataField),
  traceHeader: optional(TraceHeaderField),
});

/** `StartExecution`: by machine, version or alias. The same name and input again, while it runs, is the one that runs. */
export const startExecution = operation(StartInput, async (request, parts) => {
  const start = readStart(request, parts);
  const { ref, input } = start;
  const known = await parts.engine.describe(ref);
  if (known !== undefined) {
    const isSame = known.status === 'RUNNING' && JSON.stringify(known.input) === JSON.stringify(input);
    if (!isSame) throw executionExists(executionArn(ref));
    return { executionArn: executionArn(ref), startDate: timestamp(known.startedAt) };
  }
  const startedAt = await begin(start, parts);
  return { executionArn: executionArn(ref), startDate: timestamp(startedAt) };
});

/** What a request asks to be started. */
export interface Start {
  readonly machine: StoredMachine;
  readonly qualifier: string | undefined;
  readonly ref: ExecutionRef;
  readonly input: Json;
}

/** Reads a request to start an execution. Throws {@link ApiFault}. */
export function readStart(request: z.output<typeof StartInput>, parts: ApiParts): Start {
  const { stateMachineArn, name = parts.newUuid(), input: text = '{}' } = request;
  const { qualifier } = readMachineArn(stateMachineArn);
  checkName(name);
  const input = readInput(text);
  const machine = demandMachine(parts, stateMachineArn);
  if (machine.deleting) throw machineDeleting(stateMachineArn);
  if (qualifier !== undefined && !hasQualifier(parts, machine.name, qualifier)) {
    throw noStateMachine(stateMachineArn);
  }
  // Names of express executions need not be unique: each has an id besides.
  const unique = machine.type === 'EXPRESS' ? `${name}:${parts.newUuid()}` : name;
  return { machine, qualifier, ref: { machine: machine.name, name: unique }, input };
}

/** The engine's own word for a name that stands for another input. */
const NAME_TAKEN = 'SW4015';

/** Starts what was read; the time of it, in ms since the Unix epoch. */
export async function begin({ ref, input, qualifier }: Start, parts: ApiParts): Promise<number> {
  await parts.engine.start(ref, input, { qualifier }).catch((error: unknown) => {
    // Another request has taken the name since it was looked for.
    throw error instanceof StepwrightError && error.code === NAME_TAKEN
      ? executionExists(executionArn(ref))
      : error;
  });
  return parts.executions.find(ref)?.startedAt ?? parts.clock.now();
}

function hasQualifier({ catalogue }: ApiParts, machine: string, qualifier: string): boolean {
  return isVersion(qualifier)
    ? catalogue.versions.find(machine, Number(qualifier)) !== undefined
    : catalogue.aliases.find(machine, qualifier) !== undefined;
}

/** Reads the input of an execution. Throws InvalidExecutionInput. */
export function readInput(text: string): Json {
  if (text.trim() === '') throw invalidInput('Invalid execution input.');
  const read = readJson(text, DEEPEST_DATA);
  if ('reason' in read) throw invalidInput(read.reason);
  return read.value;
}

function invalidInput(reason: string): ApiFault {
  return new ApiFault('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
}
