import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ArchiveKind } from '../archive-kinds.ts';
import { dayOfPath, type Manifest, ManifestSchema, manifestPath, manifestPrefix } from '../manifest.ts';
import { damagedPart, tooManyParts } from '../stores/archive-faults.ts';
import type { ArchiveStore } from '../stores/archive-store.ts';

/** A period: instants of ISO 8601, from the first on and before the second; undefined: without that end. */
export interface ArchivePeriod {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** So many parts are looked at for one question. */
const MOST_PARTS = 100_000;
/** So many manifests are read at once. */
const AT_ONCE = 16;

/** The manifests of a kind within a period, those of the newest day first, of one day those that were written last. Throws SW4504. */
export async function* manifestsOf(
  store: ArchiveStore,
  kind: ArchiveKind,
  period: ArchivePeriod,
): AsyncGenerator<Manifest> {
  const paths = await pathsOf(store, kind, period);
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    const some = paths.slice(from, from + AT_ONCE);
    for (const manifest of await Promise.all(some.map((path) => readManifest(store, path))))
      if (isWithin(manifest, period)) yield manifest;
  }
}

/** The manifest of a part. Throws SW4502. */
export function manifestOf(store: ArchiveStore, part: string): Promise<Manifest> {
  return readManifest(store, manifestPath(part));
}

/** The manifest at a path. Throws SW4502. */
export async function readManifest(store: ArchiveStore, path: string): Promise<Manifest> {
  const text = (await buffer(Readable.from(store.read(path)))).toString('utf8');
  try {
    return ManifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw damagedPart(path, 'is no manifest of a part', cause);
  }
}

async function pathsOf(
  store: ArchiveStore,
  kind: ArchiveKind,
  { from, to }: ArchivePeriod,
): Promise<readonly string[]> {
  const prefix = manifestPrefix(kind);
  const paths: string[] = [];
  const after = from === undefined ? undefined : `${prefix}day=${from.slice(0, 10)}/`;
  for await (const path of store.list(prefix, after)) {
    if (to !== undefined && dayOfPath(path) > to.slice(0, 10)) break;
    paths.push(path);
    if (paths.length > MOST_PARTS) throw tooManyParts(MOST_PARTS);
  }
  return paths.reverse();
}

function isWithin(manifest: Manifest, { from, to }: ArchivePeriod): boolean {
  return (from === undefined || manifest.to >= from) && (to === undefined || manifest.from < to);
}
