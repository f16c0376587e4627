import type { Revision } from '../catalogue/machine-store.ts';
import type { StoredVersion } from '../catalogue/version-store.ts';
import type { ApiParts } from '../parts.ts';

/** Publishes a revision, unless it is the last one that was published. Part of the open commit. */
export function publishRevision(
  { catalogue, clock }: ApiParts,
  { id, machine }: Revision,
  description: string | undefined,
): StoredVersion {
  const [latest] = catalogue.versions.list(machine, Number.MAX_SAFE_INTEGER, 1);
  if (latest?.revision === id) return latest;
  return catalogue.versions.add({ machine, revision: id, description, createdAt: clock.now() });
}
