import type { ArchiveStore } from '#archive/stores/archive-store.ts';
import { openStore } from '#archive/stores/open-store.ts';

/** Which archive a verb is about. */
export interface ArchiveArguments {
  /** Default: STEPWRIGHT_ARCHIVE, else a folder in the data directory of this folder's server. */
  readonly archive?: string;
}

const DEFAULT_PLACE = '.stepwright/archive';

/** The archive that the options, else the environment name. Throws SW4506. */
export function findArchive(
  { archive }: ArchiveArguments,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ArchiveStore> {
  return openStore(archive ?? (environment['STEPWRIGHT_ARCHIVE'] || DEFAULT_PLACE), environment);
}
