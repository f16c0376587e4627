import semver from 'semver';
import * as z from 'zod';
import { type VersionedKeys, workflowKeys } from '#table/keys.ts';
import { ConditionFailed, queryAll, type Table } from '#table/table.ts';

/** What is told of a published version in a list. Times are ms since the Unix epoch. */
export const VersionSummarySchema = z.object({
  version: z.string(),
  publishedAt: z.number(),
  description: z.string().optional(),
  /** Why no more executions are to be started of it; undefined while nothing is against it. */
  deprecated: z.string().optional(),
});

/** What is told of a published version in a list. */
export type VersionSummary = z.infer<typeof VersionSummarySchema>;

/** The published versions of a workflow, or of what else has versions, the highest first; none where it is not published. */
export async function publishedVersions(
  table: Table,
  name: string,
  keys: VersionedKeys = workflowKeys,
): Promise<readonly VersionSummary[]> {
  const query = { partition: keys.partition(name), prefix: keys.versionPrefix };
  const items = await Array.fromAsync(queryAll(table, query));
  return items
    .map((item) => VersionSummarySchema.parse(item))
    .sort((one, other) => semver.rcompare(one.version, other.version));
}

/**
 * The version that is meant where none is named: the highest stable one that is not deprecated. Where there is none, a
 * prerelease, and where all are deprecated, the highest.
 */
export function latestOf(versions: readonly VersionSummary[]): VersionSummary | undefined {
  const [highest] = versions;
  const sound = versions.filter(({ deprecated }) => deprecated === undefined);
  return sound.find(({ version }) => semver.prerelease(version) === null) ?? sound[0] ?? highest;
}

/** Puts on record which version of a workflow, or of what else has versions, is its latest: one was published or deprecated. */
export async function noteLatest(
  table: Table,
  name: string,
  keys: VersionedKeys = workflowKeys,
): Promise<void> {
  for (;;) {
    const known = await table.get(keys.meta(name));
    const latest = latestOf(await publishedVersions(table, name, keys));
    if (latest === undefined) return;
    const revision = z.number().default(0).parse(known?.['revision']);
    const { version, publishedAt, description } = latest;
    const item = {
      ...keys.meta(name),
      gsi1pk: keys.all,
      gsi1sk: name,
      ...{ name, latest: version, publishedAt, revision: revision + 1 },
      ...(description === undefined ? {} : { description }),
    };
    const unchanged = known === undefined ? { exists: false } : { attribute: 'revision', equals: revision };
    try {
      await table.put(item, unchanged);
      return;
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
}
