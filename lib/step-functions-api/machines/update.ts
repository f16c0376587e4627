import * as z from 'zod';
import { machineArn } from '../arn.ts';
import type { Revision } from '../catalogue/machine-store.ts';
import { checkDefinition } from '../definition/diagnose.ts';
import { ApiFault, validationFault } from '../faults.ts';
import { ArnField, ConfigurationFields, DefinitionField, optional } from '../fields.ts';
import { operation, timestamp } from '../operation.ts';
import { checkEncryption, checkRole, readLogging, readTracing } from './configuration.ts';
import { demandChangeable, revisionOf } from './find.ts';
import { publishRevision } from './publish.ts';

const Input = z.object({
  stateMachineArn: ArnField,
  definition: optional(DefinitionField),
  roleArn: optional(ArnField),
  ...ConfigurationFields,
});

type Input = z.output<typeof Input>;

/** `UpdateStateMachine`: a new revision where anything has changed; executions that run keep theirs. */
export const updateStateMachine = operation(Input, async (input, parts) => {
  const machine = demandChangeable(parts, input.stateMachineArn);
  checkChange(input);
  const before = revisionOf(parts, machine.current);
  const wanted = changed(before, input);
  if (wanted.definition !== before.definition) checkDefinition(wanted.definition, before.type);
  const now = parts.clock.now();
  const { catalogue } = parts;
  return catalogue.database.commit(() => {
    const revision = isSame(before, wanted)
      ? before
      : catalogue.machines.revise({ ...wanted, revisionId: parts.newUuid(), createdAt: now });
    const version =
      input.publish === true ? publishRevision(parts, revision, input.versionDescription) : undefined;
    return {
      updateDate: timestamp(now),
      ...(revision.revisionId === undefined ? {} : { revisionId: revision.revisionId }),
      ...(version === undefined ? {} : { stateMachineVersionArn: machineArn(machine.name, version.version) }),
    };
  });
});

function checkChange(input: Input): void {
  const { definition, roleArn, loggingConfiguration, tracingConfiguration, publish } = input;
  const changes = [definition, roleArn, loggingConfiguration, tracingConfiguration];
  if (changes.every((change) => change === undefined) && publish !== true) {
    throw new ApiFault(
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    );
  }
  if (input.versionDescription !== undefined && publish !== true) {
    throw validationFault('Version description can only be set when publish is true');
  }
  if (roleArn !== undefined) checkRole(roleArn);
  checkEncryption(input.encryptionConfiguration);
}

function changed(before: Revision, input: Input): Revision {
  const { loggingConfiguration, tracingConfiguration } = input;
  return {
    ...before,
    definition: input.definition ?? before.definition,
    roleArn: input.roleArn ?? before.roleArn,
    logging:
      loggingConfiguration === undefined ? before.logging : JSON.stringify(readLogging(loggingConfiguration)),
    tracing:
      tracingConfiguration === undefined ? before.tracing : JSON.stringify(readTracing(tracingConfiguration)),
  };
}

function isSame(before: Revision, wanted: Revision): boolean {
  return (['definition', 'roleArn', 'logging', 'tracing'] as const).every(
    (field) => before[field] === wanted[field],
  );
}
