import { createHash } from 'node:crypto';
import { StepwrightError } from '#core/error.ts';
import { ARCHIVE_NAMES, type ArchiveKind, lineId } from '../archive-kinds.ts';
import { type Manifest, manifestPath, manifestPrefix } from '../manifest.ts';
import { damagedPart } from '../stores/archive-faults.ts';
import type { ArchiveStore } from '../stores/archive-store.ts';
import { readManifest } from './manifests.ts';
import { readLines } from './read-lines.ts';

/** What has been found out of an archive so far. */
export interface Verified {
  readonly parts: number;
  readonly lines: number;
  readonly bytes: number;
  /** What is damaged: path, and what is wrong with it. */
  readonly damaged: readonly { readonly path: string; readonly problem: string }[];
  /** Parts that a crash has left before their manifest was written: what is in them is in another part, or in the store. */
  readonly leftovers: readonly string[];
}

/** Reads every part of an archive, and holds it against its manifest. `onPart` is told of each. */
export async function verifyArchive(
  store: ArchiveStore,
  onPart: (path: string) => void = () => {},
): Promise<Verified> {
  let [parts, lines, bytes] = [0, 0, 0];
  const damaged: { path: string; problem: string }[] = [];
  const leftovers: string[] = [];
  for (const kind of ARCHIVE_NAMES) {
    for await (const path of store.list(manifestPrefix(kind))) {
      onPart(path);
      parts++;
      try {
        const manifest = await readManifest(store, path);
        await verifyPart(store, manifest, path);
        lines += manifest.lines;
        bytes += manifest.bytes;
      } catch (error) {
        if (!(error instanceof StepwrightError && error.code === 'SW4502')) throw error;
        damaged.push({ path, problem: error.message });
      }
    }
    leftovers.push(...(await leftoversOf(store, kind)));
  }
  return { parts, lines, bytes, damaged, leftovers };
}

async function verifyPart(store: ArchiveStore, manifest: Manifest, path: string): Promise<void> {
  const { path: part, sha256, lines, kind, firstId, lastId } = manifest;
  if (manifestPath(part) !== path) throw damagedPart(path, `tells of another part, ${part}`);
  const hash = createHash('sha256');
  for await (const chunk of store.read(part)) hash.update(chunk);
  if (hash.digest('hex') !== sha256)
    throw damagedPart(part, 'is not as it was written: its checksum is another');
  let found = 0;
  for await (const line of readLines(store, part)) {
    found++;
    const id = lineId(kind, line);
    if (id < firstId || id > lastId)
      throw damagedPart(part, `has a record "${id}" that its manifest does not know`);
  }
  if (found !== lines) throw damagedPart(part, `has ${found} records, and its manifest tells of ${lines}`);
}

/** Both lists are in the same order: they are walked side by side. */
async function leftoversOf(store: ArchiveStore, kind: ArchiveKind): Promise<readonly string[]> {
  const found: string[] = [];
  const manifests = store.list(manifestPrefix(kind))[Symbol.asyncIterator]();
  let next = await manifests.next();
  for await (const part of store.list(`kind=${kind}/`)) {
    const wanted = manifestPath(part);
    while (next.done !== true && next.value < wanted) next = await manifests.next();
    if (next.done === true || next.value !== wanted) found.push(part);
  }
  return found;
}
