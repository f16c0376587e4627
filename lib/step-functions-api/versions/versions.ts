import * as z from 'zod';
import { machineArn, readMachineArn } from '../arn.ts';
import { isVersion } from '../catalogue/revisions.ts';
import { conflict, invalidArn } from '../faults.ts';
import {
  ArnField,
  DescriptionField,
  LongArnField,
  optional,
  PageSizeField,
  PageTokenField,
} from '../fields.ts';
import { demandChangeable, demandMachine, revisionOf } from '../machines/find.ts';
import { publishRevision } from '../machines/publish.ts';
import { operation, timestamp } from '../operation.ts';
import { numberPosition, pageOf, pageSize, pageToken } from '../page.ts';

/** How a client names the revision that a machine was created with. */
const INITIAL = 'INITIAL';

/** `PublishStateMachineVersion`: the current revision under the next number; the same revision again is the version it has. */
export const publishStateMachineVersion = operation(
  z.object({
    stateMachineArn: ArnField,
    revisionId: optional(z.string()),
    description: optional(DescriptionField),
  }),
  async ({ stateMachineArn, revisionId, description }, parts) => {
    const machine = demandChangeable(parts, stateMachineArn);
    const revision = revisionOf(parts, machine.current);
    const current = revision.revisionId ?? INITIAL;
    if (revisionId !== undefined && revisionId !== current) {
      throw conflict(
        `Failed to publish the State Machine version for revision ${revisionId}. The current State Machine revision is ${current}.`,
      );
    }
    const { createdAt, version } = await parts.catalogue.database.commit(() =>
      publishRevision(parts, revision, description),
    );
    return { creationDate: timestamp(createdAt), stateMachineVersionArn: machineArn(machine.name, version) };
  },
);

/** `ListStateMachineVersions`: newest first. */
export const listStateMachineVersions = operation(
  z.object({
    stateMachineArn: ArnField,
    maxResults: optional(PageSizeField),
    nextToken: optional(PageTokenField),
  }),
  (input, parts) => {
    const { name } = demandMachine(parts, input.stateMachineArn);
    const scope = { list: 'versions', name };
    const before = numberPosition(input, scope) ?? Number.MAX_SAFE_INTEGER;
    const found = parts.catalogue.versions.list(name, before, pageSize(input) + 1);
    const { entries, next } = pageOf(found, input, ({ version }) => pageToken(version, scope));
    return {
      stateMachineVersions: entries.map(({ version, createdAt }) => ({
        stateMachineVersionArn: machineArn(name, version),
        creationDate: timestamp(createdAt),
      })),
      ...next,
    };
  },
);

/** `DeleteStateMachineVersion`: executions that run it go on. One that is not there is deleted already. */
export const deleteStateMachineVersion = operation(
  z.object({ stateMachineVersionArn: LongArnField }),
  async ({ stateMachineVersionArn }, { catalogue }) => {
    const { machine, qualifier = '' } = readMachineArn(stateMachineVersionArn);
    if (!isVersion(qualifier)) throw invalidArn(`Not the ARN of a version: ${stateMachineVersionArn}`);
    const version = Number(qualifier);
    const users = catalogue.aliases
      .list(machine, '', Number.MAX_SAFE_INTEGER)
      .filter(({ routing }) => routing.some((route) => route.version === version));
    if (users.length > 0) {
      const names = users.map(({ name }) => name).join(', ');
      throw conflict(
        `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${names}]`,
      );
    }
    await catalogue.database.commit(() => catalogue.versions.remove(machine, version));
    return {};
  },
);
