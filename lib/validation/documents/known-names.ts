import type { DocumentPath } from '#definition/document-path.ts';
import { didYouMean } from '#definition/suggest.ts';
import type { Report, Violation } from '../report.ts';

/** Names of one kind that a file has. */
export interface NamesOfKind {
  /** Such as `receiver`. */
  readonly kind: string;
  readonly names: readonly string[];
}

/** Tells when a value names a part that a file does not have. */
export function checkKnown(
  name: string | undefined,
  path: DocumentPath,
  { report, ...known }: NamesOfKind & { readonly report: Report },
): void {
  if (name !== undefined && !known.names.includes(name)) report.at(path, unknown(name, known));
}

/** The same of each of several. */
export function checkNames(
  names: readonly string[] | undefined,
  path: DocumentPath,
  known: NamesOfKind & { readonly report: Report },
): void {
  for (const [at, name] of (names ?? []).entries()) checkKnown(name, [...path, at], known);
}

/** Tells when the keys of a map name parts that a file does not have. */
export function checkKnownKeys(
  map: object,
  path: DocumentPath,
  { report, ...known }: NamesOfKind & { readonly report: Report },
): void {
  for (const name of Object.keys(map)) {
    if (!known.names.includes(name)) report.atKey([...path, name], unknown(name, known));
  }
}

function unknown(name: string, { kind, names }: NamesOfKind): Violation {
  return {
    code: 'SW1813',
    message: `there is no ${kind} "${name}" in this file`,
    ...didYouMean(name, names),
  };
}

/** Tells of names that stand in a file a second time. */
export function checkUnique(
  names: readonly { readonly name: string; readonly path: DocumentPath }[],
  kind: string,
  report: Report,
): void {
  const seen = new Set<string>();
  for (const { name, path } of names) {
    if (seen.has(name)) {
      const message = `there is another ${kind} "${name}" in this file`;
      report.atKey(path, { code: 'SW1816', message, hint: 'give each a name of its own' });
    }
    seen.add(name);
  }
}
