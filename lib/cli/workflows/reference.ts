import semver from 'semver';
import { StepwrightError } from '#core/error.ts';
import type { Server } from '../api-client.ts';
import { fetchAlias, fetchVersion, type WholeVersion } from './workflow-calls.ts';

/** What names a published workflow on the command line: `tour`, `tour@1.2.0`, `tour@^1` or `tour@stable`. */
export interface WorkflowReference {
  readonly name: string;
  /** Version, range or alias; undefined for the latest. */
  readonly wanted: string | undefined;
}

/** Takes a reference apart. */
export function readReference(text: string): WorkflowReference {
  const at = text.indexOf('@');
  return at < 0
    ? { name: text, wanted: undefined }
    : { name: text.slice(0, at), wanted: text.slice(at + 1) || undefined };
}

/** A reference to exactly one version, which is what changes something. Throws SW3065. */
export function readExactReference(text: string): { readonly name: string; readonly version: string } {
  const { name, wanted } = readReference(text);
  const version = semver.valid(wanted);
  if (version !== null) return { name, version };
  throw new StepwrightError({
    code: 'SW3065',
    kind: 'invalid',
    message: `"${text}" names no single version`,
    hint: `write it like ${name}@1.0.0`,
  });
}

/** The published version that is meant; of an alias with a canary, the one that is no canary. */
export async function resolveReference(
  server: Server,
  { name, wanted = 'latest' }: WorkflowReference,
): Promise<WholeVersion> {
  const isVersion = wanted === 'latest' || semver.validRange(wanted) !== null;
  const version = isVersion ? wanted : (await fetchAlias(server, name, wanted)).version;
  return fetchVersion(server, name, version);
}
