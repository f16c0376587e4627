import * as z from 'zod';
import { ARCHIVE_NAMES, type ArchiveKind } from './archive-kinds.ts';

/** What is known of a part without reading it. It is written after the part: a part without one counts as not written. */
export const ManifestSchema = z.object({
  format: z.literal(1),
  kind: z.enum(ARCHIVE_NAMES),
  /** The UTC day of its lines. */
  day: z.iso.date(),
  /** Where the part is, below the root of the archive. */
  path: z.string(),
  lines: z.number().int().min(1),
  /** Bytes of the file, and of the text that is in it. */
  bytes: z.number().int(),
  textBytes: z.number().int(),
  /** Of the file, in hexadecimal. */
  sha256: z.string().length(64),
  /** When its lines were: the earliest and the latest, ISO 8601. */
  from: z.string(),
  to: z.string(),
  /** The least and the greatest id of its lines. */
  firstId: z.string(),
  lastId: z.string(),
  /** The workflows of its lines; left out where there are too many to name. */
  workflows: z.array(z.string()).exactOptional(),
  /** Of executions: the parts that hold what belongs to them. */
  related: z.array(z.string()).exactOptional(),
  writtenAt: z.string(),
});

/** What is known of a part without reading it. */
export type Manifest = z.infer<typeof ManifestSchema>;

/** Where a part is: as Hive names partitions, which Athena, DuckDB and others read. */
export function partPath(kind: ArchiveKind, day: string, name: string): string {
  return `kind=${kind}/day=${day}/part-${name}.jsonl.gz`;
}

/** What the manifests of a kind begin with. Whoever reads Hive's partitions passes over names that begin with `_`. */
export function manifestPrefix(kind: ArchiveKind): string {
  return `_manifests/kind=${kind}/`;
}

/** Where the manifest of a part is. */
export function manifestPath(part: string): string {
  return `_manifests/${part.replace(/\.jsonl\.gz$/, '.json')}`;
}

/** The UTC day in a path. */
export function dayOfPath(path: string): string {
  return /\/day=([\d-]{10})\//.exec(path)?.[1] ?? '';
}
