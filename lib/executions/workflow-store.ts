import semver from 'semver';
import * as z from 'zod';
import { type CompiledWorkflow, CompiledWorkflowSchema, machineName } from '#compiler/compiled-workflow.ts';
import { ensurePool } from '#concurrency/pool.ts';
import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { remember } from '#core/remember.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import type { Engine } from '#engine/engine.ts';
import { workflowKeys } from '#table/keys.ts';
import { ConditionFailed, type Item, type Table } from '#table/table.ts';
import { noteLatest, publishedVersions, type VersionSummary } from './workflow-latest.ts';

/** A published version of a workflow. It never changes. */
export interface WorkflowVersion {
  readonly compiled: CompiledWorkflow;
  /** The author's text, as it was published. */
  readonly source: string;
  /** The engine's machine that runs it. */
  readonly machine: string;
  /** Milliseconds since the Unix epoch. */
  readonly publishedAt: number;
  /** Why no more executions are to be started of it; undefined while nothing is against it. */
  readonly deprecated?: string | undefined;
  /** What the last drill has found of its undo; undefined where none was put on record. */
  readonly drilled?: DrillSummary | undefined;
}

/** When a version was drilled last, how many undos it has, and how many of them are not proven. */
export const DrillSummarySchema = z.object({ at: z.number(), undos: z.number(), unproven: z.number() });

type DrillSummary = z.infer<typeof DrillSummarySchema>;

/** What is told of a workflow in a list. */
export const WorkflowSummarySchema = z.object({
  name: z.string(),
  description: z.string().optional(),
  latest: z.string().describe('The version that is meant where none is named.'),
  publishedAt: z.number().describe('When that was published, in ms since the Unix epoch.'),
});

/** What is told of a workflow in a list. */
export type WorkflowSummary = z.infer<typeof WorkflowSummarySchema>;

/** What publishing takes; without an engine, the machine is deployed by somebody else (`cdk deploy`). */
export interface PublishPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly engine: Pick<Engine, 'deploy'> | undefined;
}

/** Documents of one item on DynamoDB have 400 KB; ours leave some for the rest. */
const MAX_DOCUMENT_BYTES = 380_000;

const VersionItemSchema = z.object({
  document: z.string(),
  source: z.string(),
  machine: z.string(),
  publishedAt: z.number(),
  deprecated: z.string().optional(),
  drilled: DrillSummarySchema.optional(),
});

/**
 * Publishes a version: deploys its machine and puts it on record. Publishing equal content again changes nothing, also where
 * another release or catalogue makes another machine of it; other content under a used version is refused with SW4021, and any
 * other machine where somebody else has deployed it already. Says whether it is new.
 */
export async function publishWorkflow(
  ports: PublishPorts,
  compiled: CompiledWorkflow,
  source: string,
): Promise<{ readonly version: WorkflowVersion; readonly isNew: boolean }> {
  const machine = machineName(compiled.name, compiled.version);
  const known = await findVersion(ports.table, compiled.name, compiled.version);
  if (known !== undefined) {
    const isEqual = ports.engine !== undefined && known.source === source;
    return { version: isEqual ? known : same(known, compiled), isNew: false };
  }
  const document = JSON.stringify(compiled);
  refuseTooLarge(document, source);
  await ports.engine?.deploy({ name: machine, definition: compiled.definition });
  const version = { compiled, source, machine, publishedAt: ports.clock.now() };
  const item: Item = {
    ...workflowKeys.version(compiled.name, compiled.version),
    ...{
      name: compiled.name,
      version: compiled.version,
      document,
      source,
      machine,
      publishedAt: version.publishedAt,
      ...(compiled.description === undefined ? {} : { description: compiled.description }),
    },
  };
  try {
    await ports.table.put(item, { exists: false });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return publishWorkflow(ports, compiled, source);
  }
  await makePools(ports.table, compiled);
  await noteLatest(ports.table, compiled.name);
  return { version, isNew: true };
}

/** A pool keeps the units it has: they may have been changed while workflows used it. */
async function makePools(table: Table, { pools = {} }: CompiledWorkflow): Promise<void> {
  for (const [name, units] of Object.entries(pools)) await ensurePool(table, name, units);
}

function same(known: WorkflowVersion, compiled: CompiledWorkflow): WorkflowVersion {
  if (JSON.stringify(known.compiled) === JSON.stringify(compiled)) return known;
  throw new StepwrightError({
    code: 'SW4021',
    kind: 'conflict',
    message: `${compiled.name} ${compiled.version} is published with other content`,
    hint: 'a published version never changes: raise "version" and publish again',
  });
}

function refuseTooLarge(document: string, source: string): void {
  const bytes = Buffer.byteLength(document) + Buffer.byteLength(source);
  if (bytes <= MAX_DOCUMENT_BYTES) return;
  throw new StepwrightError({
    code: 'SW4022',
    kind: 'invalid',
    message: `the workflow with its compiled form has ${bytes} bytes, more than the ${MAX_DOCUMENT_BYTES} that are stored`,
    hint: 'split it into several workflows',
  });
}

/** A version, or undefined when it is not published. */
export async function findVersion(
  table: Table,
  name: string,
  version: string,
): Promise<WorkflowVersion | undefined> {
  const item = await table.get(workflowKeys.version(name, version));
  if (item === undefined) return undefined;
  const { document, ...rest } = VersionItemSchema.parse(item);
  return { ...rest, compiled: compiledOf(document) };
}

/** So many are kept as they were read, as each start of an execution asks for one, and to read it takes as long as all else there. */
const REMEMBERED = 50;

const compiledOf = remember(
  REMEMBERED,
  (document): CompiledWorkflow => CompiledWorkflowSchema.parse(JSON.parse(document)),
);

/** Its steps that can be undone. */
export function undoableSteps({ compiled }: WorkflowVersion): CompiledWorkflow['steps'] {
  return compiled.steps.filter(({ compensates }) => compensates);
}

/** How many of its undos no drill has proven: all, where none was put on record. */
export function unprovenUndos(version: WorkflowVersion): number {
  return version.drilled?.unproven ?? undoableSteps(version).length;
}

/**
 * A version of a workflow: the one named, the highest of a range such as `^1.2` that is not deprecated, or the latest where
 * none, or `latest`, is asked for. Throws SW4043.
 */
export async function getVersion(table: Table, name: string, version = 'latest'): Promise<WorkflowVersion> {
  const wanted = version === 'latest' ? (await getWorkflow(table, name)).latest : version;
  const exact = semver.valid(wanted) === null ? await highestOf(table, name, wanted) : wanted;
  const found = exact === undefined ? undefined : await findVersion(table, name, exact);
  if (found !== undefined) return found;
  throw unknownWorkflow(`${name} ${version}`);
}

async function highestOf(table: Table, name: string, range: string): Promise<string | undefined> {
  if (semver.validRange(range) === null) return undefined;
  const versions = await publishedVersions(table, name);
  const sound = versions.filter(({ deprecated }) => deprecated === undefined);
  return highestInRange(
    sound.map(({ version }) => version),
    range,
  );
}

/** What is told of one workflow. Throws SW4043. */
export async function getWorkflow(table: Table, name: string): Promise<WorkflowSummary> {
  const item = await table.get(workflowKeys.meta(name));
  if (item === undefined) throw unknownWorkflow(name);
  return WorkflowSummarySchema.parse(item);
}

/** One page of all workflows, by name. */
export async function listWorkflows(
  table: Table,
  page: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<{ readonly workflows: readonly WorkflowSummary[]; readonly cursor?: string }> {
  const { items, cursor } = await table.query({ index: 'gsi1', partition: workflowKeys.all, ...page });
  const workflows = items.map((item) => WorkflowSummarySchema.parse(item));
  return { workflows, ...(cursor === undefined ? {} : { cursor }) };
}

/** Every published version of a workflow, the highest first. Throws SW4043. */
export async function listVersions(table: Table, name: string): Promise<readonly VersionSummary[]> {
  const versions = await publishedVersions(table, name);
  if (versions.length === 0) throw unknownWorkflow(name);
  return versions;
}

function unknownWorkflow(name: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4043',
    kind: 'not-found',
    message: `no workflow "${name}" is published`,
    hint: 'publish it with POST /v1/workflows; GET /v1/workflows lists those that are',
  });
}
