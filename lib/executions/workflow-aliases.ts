import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import type { Random } from '#core/random.ts';
import { workflowKeys } from '#table/keys.ts';
import { ConditionFailed, queryAll, type Table } from '#table/table.ts';
import { getVersion, getWorkflow } from './workflow-store.ts';

/** Where an alias points: to a version, or to two, of which one gets a share of the executions. */
export const AliasTargetSchema = z.object({
  version: z.string(),
  canary: z.object({ version: z.string(), percent: z.number().gt(0).lt(100) }).exactOptional(),
});

/** Where an alias points. */
export type AliasTarget = z.infer<typeof AliasTargetSchema>;

/** A name for a version of a workflow, that can be pointed elsewhere. */
export const AliasSchema = AliasTargetSchema.extend({
  alias: z.string(),
  /** Milliseconds since the Unix epoch. */
  changedAt: z.number(),
  /** Where it pointed before, the latest first. */
  before: z.array(AliasTargetSchema),
  revision: z.number(),
});

/** A name for a version of a workflow. */
export type Alias = z.infer<typeof AliasSchema>;

/** What changing aliases takes. */
export interface AliasPorts {
  readonly table: Table;
  readonly clock: Clock;
}

/** The names that an alias may have. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** So many earlier targets are kept. */
const MAX_BEFORE = 50;

/** Points an alias to a version, or makes it. Throws SW4043 for an unknown version, SW4008 for no name of an alias. */
export async function pointAlias(
  ports: AliasPorts,
  workflow: string,
  { alias, ...target }: AliasTarget & { readonly alias: string },
): Promise<Alias> {
  refuseNoName(alias);
  await getVersion(ports.table, workflow, target.version);
  if (target.canary !== undefined) await getVersion(ports.table, workflow, target.canary.version);
  const known = await findAlias(ports.table, workflow, alias);
  const before = known === undefined ? [] : [targetOf(known), ...known.before].slice(0, MAX_BEFORE);
  const changed = {
    ...target,
    alias,
    changedAt: ports.clock.now(),
    before,
    revision: (known?.revision ?? 0) + 1,
  };
  return (await write(ports.table, workflow, changed))
    ? changed
    : pointAlias(ports, workflow, { alias, ...target });
}

/** Points an alias to where it pointed before, and again to where it did before that. Throws SW4027 when there is no such. */
export async function rollBackAlias(ports: AliasPorts, workflow: string, alias: string): Promise<Alias> {
  const known = await getAlias(ports.table, workflow, alias);
  const [target, ...before] = known.before;
  if (target === undefined) {
    throw new StepwrightError({
      code: 'SW4027',
      kind: 'conflict',
      message: `the alias "${alias}" of ${workflow} has pointed nowhere else`,
      hint: 'point it with PUT /v1/workflows/{name}/aliases/{alias}',
    });
  }
  const changed = { ...target, alias, changedAt: ports.clock.now(), before, revision: known.revision + 1 };
  return (await write(ports.table, workflow, changed)) ? changed : rollBackAlias(ports, workflow, alias);
}

/** Takes an alias away; without effect where there is none. */
export async function deleteAlias(table: Table, workflow: string, alias: string): Promise<void> {
  await table.delete(workflowKeys.alias(workflow, alias));
}

/** The aliases of a workflow, by name. Throws SW4043. */
export async function listAliases(table: Table, workflow: string): Promise<readonly Alias[]> {
  await getWorkflow(table, workflow);
  const query = { partition: workflowKeys.partition(workflow), prefix: workflowKeys.aliasPrefix };
  return (await Array.fromAsync(queryAll(table, query))).map((item) => AliasSchema.parse(item));
}

/** An alias. Throws SW4048. */
export async function getAlias(table: Table, workflow: string, alias: string): Promise<Alias> {
  const found = await findAlias(table, workflow, alias);
  if (found !== undefined) return found;
  throw new StepwrightError({
    code: 'SW4048',
    kind: 'not-found',
    message: `${workflow} has no alias "${alias}"`,
    hint: 'GET /v1/workflows/{name}/aliases lists those that it has',
  });
}

/** The version that an execution started by an alias runs: of two, one by chance, in proportion. Throws SW4048. */
export async function versionOfAlias(
  { table, random }: { readonly table: Table; readonly random: Random },
  workflow: string,
  alias: string,
): Promise<string> {
  const { version, canary } = await getAlias(table, workflow, alias);
  return canary !== undefined && random() * 100 < canary.percent ? canary.version : version;
}

async function findAlias(table: Table, workflow: string, alias: string): Promise<Alias | undefined> {
  const item = await table.get(workflowKeys.alias(workflow, alias));
  return item === undefined ? undefined : AliasSchema.parse(item);
}

function targetOf({ version, canary }: Alias): AliasTarget {
  return canary === undefined ? { version } : { version, canary };
}

/** False when somebody else has pointed it elsewhere meanwhile. */
async function write(table: Table, workflow: string, alias: Alias): Promise<boolean> {
  const condition =
    alias.revision === 1
      ? ({ exists: false } as const)
      : { attribute: 'revision', equals: alias.revision - 1 };
  try {
    await table.put({ ...workflowKeys.alias(workflow, alias.alias), ...alias }, condition);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

function refuseNoName(alias: string): void {
  if (NAME.test(alias) && alias !== 'latest') return;
  throw new StepwrightError({
    code: 'SW4008',
    kind: 'invalid',
    message: alias === 'latest' ? 'the alias "latest" points by itself' : `"${alias}" is no name of an alias`,
    hint: 'use lower-case letters, digits and single dashes, such as stable or canary-berlin',
  });
}
