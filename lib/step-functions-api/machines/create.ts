import * as z from 'zod';
import { machineArn } from '../arn.ts';
import type { Revision, StoredMachine } from '../catalogue/machine-store.ts';
import type { StoredVersion } from '../catalogue/version-store.ts';
import { checkDefinition } from '../definition/diagnose.ts';
import { ApiFault, machineDeleting, validationFault } from '../faults.ts';
import {
  ArnField,
  ConfigurationFields,
  DefinitionField,
  MachineTypeField,
  NameField,
  optional,
  TagsField,
} from '../fields.ts';
import { checkName } from '../names.ts';
import { operation, timestamp } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { checkTags } from '../tags.ts';
import { checkEncryption, checkRole, readLogging, readTracing } from './configuration.ts';
import { liveMachine, revisionOf } from './find.ts';

const Input = z.object({
  name: NameField,
  definition: DefinitionField,
  roleArn: ArnField,
  type: optional(MachineTypeField),
  tags: optional(TagsField),
  ...ConfigurationFields,
});

type Input = z.output<typeof Input>;

/** `CreateStateMachine`. The same machine again is the one that is there; another under its name is refused. */
export const createStateMachine = operation(Input, async (input, parts) => {
  const wanted = readRevision(input, parts);
  const arn = machineArn(input.name);
  const known = liveMachine(parts, input.name);
  if (known?.deleting === true) throw machineDeleting(arn);
  const { revision, version } =
    known === undefined ? await add(parts, wanted, input) : same(parts, { known, wanted, input });
  return {
    stateMachineArn: arn,
    creationDate: timestamp(known?.createdAt ?? revision.createdAt),
    ...(version === undefined ? {} : { stateMachineVersionArn: machineArn(input.name, version.version) }),
  };
});

function readRevision(input: Input, { clock }: ApiParts): Omit<Revision, 'id'> {
  const { name, definition, roleArn, type = 'STANDARD', tags = [], publish = false } = input;
  checkName(name);
  checkRole(roleArn);
  checkEncryption(input.encryptionConfiguration);
  checkTags(machineArn(name), tags);
  if (input.versionDescription !== undefined && !publish) {
    throw validationFault('Version description can only be set when publish is true');
  }
  const logging = JSON.stringify(readLogging(input.loggingConfiguration));
  const tracing = JSON.stringify(readTracing(input.tracingConfiguration));
  checkDefinition(definition, type);
  return {
    ...{ machine: name, revisionId: undefined, type, definition, roleArn, logging, tracing },
    createdAt: clock.now(),
  };
}

interface Created {
  readonly revision: Revision;
  readonly version: StoredVersion | undefined;
}

function add({ catalogue }: ApiParts, wanted: Omit<Revision, 'id'>, input: Input): Promise<Created> {
  return catalogue.database.commit(() => {
    const revision = catalogue.machines.add(wanted);
    catalogue.tags.put(machineArn(wanted.machine), input.tags ?? []);
    if (input.publish !== true) return { revision, version: undefined };
    const { machine, createdAt } = wanted;
    const description = input.versionDescription;
    return {
      revision,
      version: catalogue.versions.add({ machine, revision: revision.id, description, createdAt }),
    };
  });
}

interface Repetition {
  readonly known: StoredMachine;
  readonly wanted: Omit<Revision, 'id'>;
  readonly input: Input;
}

/** What makes a request the same one is told by CreateStateMachine's own page: role and tags are not looked at. */
function same(parts: ApiParts, { known, wanted, input }: Repetition): Created {
  const exists = new ApiFault(
    'StateMachineAlreadyExists',
    `State Machine Already Exists: '${machineArn(known.name)}'`,
  );
  if (known.current === undefined) throw exists;
  const revision = revisionOf(parts, known.current);
  const isSame = (['definition', 'type', 'logging', 'tracing'] as const).every(
    (field) => revision[field] === wanted[field],
  );
  if (!isSame) throw exists;
  if (input.publish !== true) return { revision, version: undefined };
  const [latest] = parts.catalogue.versions.list(known.name, Number.MAX_SAFE_INTEGER, 1);
  if (latest?.revision !== revision.id || latest.description !== input.versionDescription) throw exists;
  return { revision, version: latest };
}
