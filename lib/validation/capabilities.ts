import type { ListedDocument } from '#definition/document-kind.ts';
import { FleetFileSchema } from '#definition/fleet.ts';

/**
 * The capabilities of a project's fleets, each with the versions that there are of it. Undefined where there is no fleet, or
 * one that has not its shape: then nobody knows what devices can do.
 */
export function capabilitiesIn(
  documents: readonly ListedDocument[],
): ReadonlyMap<string, readonly string[]> | undefined {
  const fleets = documents
    .filter(({ kind }) => kind === 'fleet')
    .map(({ source }) => FleetFileSchema.safeParse(source.value).data);
  if (fleets.length === 0 || fleets.includes(undefined)) return undefined;
  const found = new Map<string, Set<string>>();
  for (const { capabilities = {} } of fleets.flatMap((fleet) => fleet?.devices ?? [])) {
    for (const [name, version] of Object.entries(capabilities)) {
      found.set(name, (found.get(name) ?? new Set()).add(version));
    }
  }
  return new Map([...found].map(([name, versions]) => [name, [...versions]]));
}
