import * as z from 'zod';
import { machineArn, readMachineArn } from '../arn.ts';
import type { StoredAlias } from '../catalogue/alias-store.ts';
import { isVersion } from '../catalogue/revisions.ts';
import { ApiFault, conflict, invalidArn, machineDeleting, validationFault } from '../faults.ts';
import { ArnField, DescriptionField, optional, PageSizeField, PageTokenField } from '../fields.ts';
import { demandMachine } from '../machines/find.ts';
import { operation, timestamp } from '../operation.ts';
import { namePosition, pageOf, pageSize, pageToken } from '../page.ts';
import type { ApiParts } from '../parts.ts';
import { describeRouting, RoutingField, readRouting } from './routing.ts';

/** The name of an alias is never all digits, which name a version. */
const AliasNameField = z
  .string()
  .min(1)
  .max(80)
  .regex(/^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/);

/** `CreateStateMachineAlias`. The same alias again is the one that is there. */
export const createStateMachineAlias = operation(
  z.object({
    name: AliasNameField,
    description: optional(DescriptionField),
    routingConfiguration: RoutingField,
  }),
  async ({ name, description, routingConfiguration }, parts) => {
    const { machine, routes: routing } = readRouting(parts, routingConfiguration);
    if (demandMachine(parts, machineArn(machine)).deleting) throw machineDeleting(machineArn(machine));
    const { aliases, database } = parts.catalogue;
    const known = aliases.find(machine, name);
    const now = parts.clock.now();
    const alias = known ?? { machine, name, description, routing, createdAt: now, updatedAt: now };
    if (alias.description !== description || JSON.stringify(alias.routing) !== JSON.stringify(routing)) {
      throw conflict(
        'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
      );
    }
    if (known === undefined) await database.commit(() => aliases.put(alias));
    return { stateMachineAliasArn: machineArn(machine, name), creationDate: timestamp(alias.createdAt) };
  },
);

/** `UpdateStateMachineAlias`: another description, other versions or weights. */
export const updateStateMachineAlias = operation(
  z.object({
    stateMachineAliasArn: ArnField,
    description: optional(DescriptionField),
    routingConfiguration: optional(RoutingField),
  }),
  async ({ stateMachineAliasArn, description, routingConfiguration }, parts) => {
    const alias = demandAlias(parts, stateMachineAliasArn);
    if (description === undefined && routingConfiguration === undefined) {
      throw validationFault(
        'Either the description or the routingConfiguration must be specified',
        'MISSING_REQUIRED_PARAMETER',
      );
    }
    const routing = routingConfiguration === undefined ? undefined : readRouting(parts, routingConfiguration);
    if (routing !== undefined && routing.machine !== alias.machine) {
      throw validationFault(
        'Routing configuration must contain versions of the state machine of the alias',
        'INVALID_ROUTING_CONFIGURATION',
      );
    }
    const updated: StoredAlias = {
      ...alias,
      description: description ?? alias.description,
      routing: routing?.routes ?? alias.routing,
      updatedAt: parts.clock.now(),
    };
    await parts.catalogue.database.commit(() => parts.catalogue.aliases.put(updated));
    return { updateDate: timestamp(updated.updatedAt) };
  },
);

/** `DescribeStateMachineAlias`. */
export const describeStateMachineAlias = operation(
  z.object({ stateMachineAliasArn: ArnField }),
  ({ stateMachineAliasArn }, parts) => {
    const { machine, name, description, routing, createdAt, updatedAt } = demandAlias(
      parts,
      stateMachineAliasArn,
    );
    return {
      ...{ stateMachineAliasArn: machineArn(machine, name), name },
      ...(description === undefined ? {} : { description }),
      routingConfiguration: describeRouting(machine, routing),
      creationDate: timestamp(createdAt),
      updateDate: timestamp(updatedAt),
    };
  },
);

/** `ListStateMachineAliases`: of a machine, or of a version; by name. */
export const listStateMachineAliases = operation(
  z.object({
    stateMachineArn: ArnField,
    maxResults: optional(PageSizeField),
    nextToken: optional(PageTokenField),
  }),
  (input, parts) => {
    const { name: machine } = demandMachine(parts, input.stateMachineArn);
    const { qualifier } = readMachineArn(input.stateMachineArn);
    const scope = { list: 'aliases', machine, qualifier: qualifier ?? null };
    // A machine has 100 aliases at most on AWS; all are read, so that those of a version are a filter.
    const found = parts.catalogue.aliases
      .list(machine, namePosition(input, scope) ?? '', Number.MAX_SAFE_INTEGER)
      .filter(({ routing }) => leadsTo(routing, qualifier))
      .slice(0, pageSize(input) + 1);
    const { entries, next } = pageOf(found, input, ({ name }) => pageToken(name, scope));
    return {
      stateMachineAliases: entries.map(({ name, createdAt }) => ({
        stateMachineAliasArn: machineArn(machine, name),
        creationDate: timestamp(createdAt),
      })),
      ...next,
    };
  },
);

/** `DeleteStateMachineAlias`. One that is not there is deleted already. */
export const deleteStateMachineAlias = operation(
  z.object({ stateMachineAliasArn: ArnField }),
  async ({ stateMachineAliasArn }, { catalogue }) => {
    const { machine, name } = readAliasArn(stateMachineAliasArn);
    await catalogue.database.commit(() => catalogue.aliases.remove(machine, name));
    return {};
  },
);

function leadsTo(routing: StoredAlias['routing'], qualifier: string | undefined): boolean {
  return qualifier === undefined || routing.some(({ version }) => String(version) === qualifier);
}

function demandAlias({ catalogue }: ApiParts, arn: string): StoredAlias {
  const { machine, name } = readAliasArn(arn);
  const found = catalogue.aliases.find(machine, name);
  if (found === undefined) {
    throw new ApiFault('ResourceNotFound', 'Request references a resource that does not exist.', {
      more: { resourceName: arn },
    });
  }
  return found;
}

function readAliasArn(arn: string): { readonly machine: string; readonly name: string } {
  const { machine, qualifier: name } = readMachineArn(arn);
  if (name === undefined || isVersion(name)) throw invalidArn(`Not the ARN of an alias: ${arn}`);
  return { machine, name };
}
