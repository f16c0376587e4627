import semver from 'semver';
import { z } from 'zod';
import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { type CompiledDecision, compileDecision } from '#decisions/decision.ts';
import { MAX_DEPTH } from '#decisions/run.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { readDecisionFile } from '#definition/decision/read-decision.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import { Source } from '#definition/source.ts';
import { decisionKeys } from '#table/keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { noteLatest, publishedVersions, type VersionSummary } from './workflow-latest.ts';
import { type WorkflowSummary, WorkflowSummarySchema } from './workflow-store.ts';

/** A published version of a decision. It never changes. */
export interface DecisionVersion {
  readonly source: Source;
  readonly file: DecisionFile;
  /** The versions of the decisions that it goes by, by the name they have in it, as they were when it was published. */
  readonly uses: Readonly<Record<string, string>>;
  /** Milliseconds since the Unix epoch. */
  readonly publishedAt: number;
}

/** What is told of a decision in a list. */
export type DecisionSummary = WorkflowSummary;

/** The store and the time. */
export interface DecisionPorts {
  readonly table: Table;
  readonly clock: Clock;
}

/** Items of DynamoDB have 400 KB; ours leave some for the rest. */
const MAX_SOURCE_BYTES = 380_000;

const VersionItemSchema = z.object({
  source: z.string(),
  uses: z.record(z.string(), z.string()).default({}),
  publishedAt: z.number(),
});

/**
 * Publishes a version of a decision whose text needs no files beside it, with the versions of what it goes by. Publishing equal
 * content again changes nothing; other content under a used version is refused with SW4021, a text that is too long with SW4022.
 * Says whether it is new.
 */
export async function publishDecision(
  { table, clock }: DecisionPorts,
  { source, file, uses }: Omit<DecisionVersion, 'publishedAt'>,
): Promise<{ readonly version: DecisionVersion; readonly isNew: boolean }> {
  const { decision: name, version, description } = file;
  refuseTooLarge(source);
  const publishedAt = clock.now();
  const item = {
    ...decisionKeys.version(name, version),
    ...{ name, version, source: source.text, uses, publishedAt },
    ...(description === undefined ? {} : { description }),
  };
  try {
    await table.put(item, { exists: false });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return { version: same(await getDecision(table, name, version), source), isNew: false };
  }
  await noteLatest(table, name, decisionKeys);
  return { version: { source, file, uses, publishedAt }, isNew: true };
}

function same(known: DecisionVersion, source: Source): DecisionVersion {
  if (JSON.stringify(known.source.value) === JSON.stringify(source.value)) return known;
  const { decision, version } = known.file;
  throw new StepwrightError({
    code: 'SW4021',
    kind: 'conflict',
    message: `the decision ${decision} ${version} is published with other content`,
    hint: 'a published version never changes: raise "version" and publish again',
  });
}

function refuseTooLarge({ text }: Source): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_SOURCE_BYTES) return;
  throw new StepwrightError({
    code: 'SW4022',
    kind: 'invalid',
    message: `the decision with its reference data has ${bytes} bytes, more than the ${MAX_SOURCE_BYTES} that are stored`,
    hint: 'split its table, or take data that nothing reads out of it',
  });
}

/**
 * A version of a decision: the one named, the highest of a range such as `^1.2`, or the latest where none, or `latest`, is asked
 * for. Throws SW4029.
 */
export async function getDecision(table: Table, name: string, version = 'latest'): Promise<DecisionVersion> {
  const exact = await exactVersion(table, name, version);
  const item = exact === undefined ? undefined : await table.get(decisionKeys.version(name, exact));
  if (item === undefined) throw unknownDecision(version === 'latest' ? name : `${name} ${version}`);
  const { source: text, uses, publishedAt } = VersionItemSchema.parse(item);
  const source = Source.parse(`${name}@${exact}`, text);
  const file = readDecisionFile(source);
  if (file === undefined) throw new Error(`the stored decision ${name} ${exact} cannot be read`);
  return { source, file, uses, publishedAt };
}

async function exactVersion(table: Table, name: string, version: string): Promise<string | undefined> {
  if (version === 'latest') return (await getDecisionSummary(table, name)).latest;
  if (semver.valid(version) !== null) return version;
  if (semver.validRange(version) === null) return undefined;
  const versions = await publishedVersions(table, name, decisionKeys);
  return highestInRange(
    versions.map((one) => one.version),
    version,
  );
}

/** How many decisions of a table are kept as functions. */
const MAX_COMPILED = 500;
const compiled = new WeakMap<Table, Map<string, CompiledDecision>>();

/** A published decision as a function, with those that it goes by. Versions never change, so that it is kept. Throws SW4029. */
export async function compiledDecision(
  table: Table,
  name: string,
  version: string,
  depth = 0,
): Promise<CompiledDecision> {
  const kept = compiled.get(table) ?? new Map<string, CompiledDecision>();
  compiled.set(table, kept);
  const key = `${name}@${version}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { file, uses } = await getDecision(table, name, version);
  const used = new Map<string, CompiledDecision>();
  for (const [as, pinned] of Object.entries(uses)) {
    const decision = file.decisions?.[as]?.decision;
    if (decision !== undefined && depth < MAX_DEPTH)
      used.set(as, await compiledDecision(table, decision, pinned, depth + 1));
  }
  const made = compileDecision(file, { uses: used });
  if (semver.valid(version) === null) return made;
  if (kept.size >= MAX_COMPILED) kept.delete(kept.keys().next().value ?? '');
  kept.set(key, made);
  return made;
}

/** What is told of one decision. Throws SW4029. */
export async function getDecisionSummary(table: Table, name: string): Promise<DecisionSummary> {
  const item = await table.get(decisionKeys.meta(name));
  if (item === undefined) throw unknownDecision(name);
  return WorkflowSummarySchema.parse(item);
}

/** One page of all decisions, by name. */
export async function listDecisions(
  table: Table,
  page: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<{ readonly decisions: readonly DecisionSummary[]; readonly cursor?: string }> {
  const { items, cursor } = await table.query({ index: 'gsi1', partition: decisionKeys.all, ...page });
  const decisions = items.map((item) => WorkflowSummarySchema.parse(item));
  return { decisions, ...(cursor === undefined ? {} : { cursor }) };
}

/** Every published version of a decision, the highest first. Throws SW4029. */
export async function listDecisionVersions(table: Table, name: string): Promise<readonly VersionSummary[]> {
  const versions = await publishedVersions(table, name, decisionKeys);
  if (versions.length === 0) throw unknownDecision(name);
  return versions;
}

function unknownDecision(name: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4029',
    kind: 'not-found',
    message: `no decision "${name}" is published`,
    hint: 'publish it with PUT /v1/decisions/{name}; GET /v1/decisions lists those that are',
  });
}
