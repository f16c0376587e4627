import semver from 'semver';
import type { Change } from './change.ts';

/**
 * The least version that says what has changed, by semver: a higher major version for what breaks, a minor one for what is new,
 * else a patch. Below 1.0.0, a minor version may break. Undefined where nothing has changed, or the version is none.
 */
export function leastVersion(version: string, changes: readonly Change[]): string | undefined {
  const known = semver.parse(version);
  if (known === null || changes.length === 0) return undefined;
  const isBreaking = changes.some(({ impact }) => impact === 'breaking');
  if (isBreaking) return semver.inc(version, known.major === 0 ? 'minor' : 'major') ?? undefined;
  const isMore = changes.some(({ what }) => what === 'added');
  return semver.inc(version, isMore && known.major > 0 ? 'minor' : 'patch') ?? undefined;
}
