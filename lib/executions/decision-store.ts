import semver from 'semver';
import { type CompiledDecision, compileDecision } from '#decisions/decision.ts';
import { MAX_DEPTH } from '#decisions/run.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { readDecisionFile } from '#definition/decision/read-decision.ts';
import { decisionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { type StoredVersion, VersionStore, type VersionStorePorts } from './version-store.ts';

/**
 * A published version of a decision, which never changes. `uses` are the versions of the decisions that it goes by, by the name
 * they have in it, as they were when it was published.
 */
export interface DecisionVersion extends StoredVersion {
  readonly file: DecisionFile;
}

/** The published decisions. */
export const DECISIONS = new VersionStore({
  noun: 'decision',
  keys: decisionKeys,
  unknown: {
    code: 'SW4029',
    hint: 'publish it with PUT /v1/decisions/{name}; GET /v1/decisions lists those that are',
  },
  whenTooLarge: 'split its table, or take reference data that nothing reads out of it',
});

/**
 * Publishes a version of a decision whose text needs no files beside it, with the versions of what it goes by. Publishing equal
 * content again changes nothing; other content under a used version is refused with SW4021, a text that is too long with SW4022.
 * Says whether it is new.
 */
export async function publishDecision(
  ports: VersionStorePorts,
  { source, file, uses }: Omit<DecisionVersion, 'publishedAt'>,
): Promise<{ readonly version: DecisionVersion; readonly isNew: boolean }> {
  const { decision: name, version, description } = file;
  const { stored, isNew } = await DECISIONS.publish(ports, { name, version, description, source, uses });
  return { version: { ...stored, file }, isNew };
}

/**
 * A version of a decision: the one named, the highest of a range such as `^1.2`, or the latest where none, or `latest`, is asked
 * for. Throws SW4029.
 */
export async function getDecision(table: Table, name: string, version = 'latest'): Promise<DecisionVersion> {
  const stored = await DECISIONS.get(table, name, version);
  const file = readDecisionFile(stored.source);
  if (file === undefined) throw new Error(`the stored decision ${stored.source.file} cannot be read`);
  return { ...stored, file };
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
