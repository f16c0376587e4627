import * as z from 'zod';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import { executionArn, machineArn, readExecutionArn, readMachineArn } from '../arn.ts';
import type { Revision } from '../catalogue/machine-store.ts';
import { isVersion } from '../catalogue/revisions.ts';
import type { StoredVersion } from '../catalogue/version-store.ts';
import { noExecution, noStateMachine } from '../faults.ts';
import { ArnField, IncludedDataField, optional } from '../fields.ts';
import { operation, timestamp } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { NO_LOGGING, NO_TRACING } from './configuration.ts';
import { demandMachine, revisionOf } from './find.ts';
import { variableReferences } from './variable-references.ts';

/** The role of the engine's own machines: they run as this process. */
const OWN_ROLE = 'arn:aws:iam::000000000000:role/embedded';

/** `DescribeStateMachine`: a machine as it is now, or a version of it. */
export const describeStateMachine = operation(
  z.object({ stateMachineArn: ArnField, includedData: optional(IncludedDataField) }),
  ({ stateMachineArn, includedData }, parts) => {
    const { qualifier } = readMachineArn(stateMachineArn);
    const machine = demandMachine(parts, stateMachineArn);
    const version = qualifier === undefined ? undefined : demandVersion(parts, stateMachineArn);
    const revision = version?.revision ?? machine.current;
    return {
      stateMachineArn: machineArn(machine.name, version?.version),
      name: machine.name,
      status: machine.deleting ? 'DELETING' : 'ACTIVE',
      type: machine.type,
      creationDate: timestamp(version?.createdAt ?? machine.createdAt),
      ...configurationOf(parts, machine.name, revision),
      ...(includedData === 'METADATA_ONLY' ? NO_DEFINITION : {}),
      ...(version?.description === undefined ? {} : { description: version.description }),
    };
  },
);

/** The version that an ARN names. Throws StateMachineDoesNotExist, also for an alias, which has no definition of its own. */
function demandVersion({ catalogue }: ApiParts, arn: string): StoredVersion {
  const { machine, qualifier = '' } = readMachineArn(arn);
  const found = isVersion(qualifier) ? catalogue.versions.find(machine, Number(qualifier)) : undefined;
  if (found === undefined) throw noStateMachine(arn);
  return found;
}

/** `DescribeStateMachineForExecution`: the machine as it was when an execution began. */
export const describeStateMachineForExecution = operation(
  z.object({ executionArn: ArnField, includedData: optional(IncludedDataField) }),
  (input, parts) => {
    const ref = readExecutionArn(input.executionArn);
    if (parts.executions.find(ref) === undefined) throw noExecution(executionArn(ref));
    const child = parts.mapRuns.ofChild(ref);
    // A child runs a part of what its parent runs; of a child of a child, the same.
    const top = topOf(parts, ref);
    const pin = parts.catalogue.pins.find(top);
    const machine = parts.catalogue.machines.find(top.machine);
    const revision = pin === undefined ? undefined : revisionOf(parts, pin.revision);
    return {
      stateMachineArn: machineArn(ref.machine),
      name: ref.machine,
      updateDate: timestamp(revision?.createdAt ?? machine?.createdAt ?? 0),
      ...configurationOf(parts, top.machine, revision?.id),
      ...(child === undefined ? {} : { mapRunArn: child.mapRunArn, label: labelIn(ref.machine) }),
      ...(input.includedData === 'METADATA_ONLY' ? NO_DEFINITION : {}),
    };
  },
);

function topOf(parts: ApiParts, ref: ExecutionRef): ExecutionRef {
  const child = parts.mapRuns.ofChild(ref);
  return child === undefined ? ref : topOf(parts, child.parent);
}

function labelIn(machine: string): string {
  return machine.slice(machine.lastIndexOf('/') + 1);
}

/** Only the definition itself is left out where metadata is asked for. */
const NO_DEFINITION = { definition: '' };

/** What a revision says, or what holds for every machine of the engine's own. */
function configurationOf(parts: ApiParts, machine: string, id: number | undefined): JsonObject {
  const { definition, roleArn, logging, tracing, revisionId } =
    id === undefined ? ownRevision(parts, machine) : revisionOf(parts, id);
  const references = definition.includes('"Assign"') ? referencesIn(definition) : undefined;
  return {
    ...{ definition, roleArn },
    loggingConfiguration: JSON.parse(logging),
    tracingConfiguration: JSON.parse(tracing),
    ...(revisionId === undefined ? {} : { revisionId }),
    ...(references === undefined ? {} : { variableReferences: references }),
  };
}

function referencesIn(text: string): ReturnType<typeof variableReferences> {
  const definition: Json = JSON.parse(text);
  return isJsonObject(definition) ? variableReferences(definition) : undefined;
}

type Configuration = Pick<Revision, 'definition' | 'roleArn' | 'logging' | 'tracing' | 'revisionId'>;

function ownRevision({ engine }: ApiParts, machine: string): Configuration {
  return {
    definition: JSON.stringify(engine.definition(machine) ?? {}),
    roleArn: OWN_ROLE,
    logging: JSON.stringify(NO_LOGGING),
    tracing: JSON.stringify(NO_TRACING),
    revisionId: undefined,
  };
}
