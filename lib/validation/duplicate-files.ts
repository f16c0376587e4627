import type { Diagnostic } from '#core/diagnostic.ts';
import type { Source } from '#definition/source.ts';
import type { Code } from './codes.ts';
import { Report } from './report.ts';

/** A file that has a name of which a project has one. */
export interface NamedFile {
  readonly source: Source;
  /** As a sentence begins with it: `the template zone-check 1.0.0`. */
  readonly name: string;
  /** The key that it stands under. */
  readonly key: string;
}

/** Tells of each file whose name a file before it has. */
export function duplicateFiles(
  files: readonly NamedFile[],
  finding: { readonly code: Code; readonly hint: string },
): readonly Diagnostic[] {
  const firsts = new Map<string, string>();
  return files.flatMap(({ source, name, key }) => {
    const first = firsts.get(name);
    firsts.set(name, first ?? source.file);
    if (first === undefined) return [];
    const report = new Report(source);
    report.at([key], { ...finding, message: `${name} is in ${first} already` });
    return report.diagnostics;
  });
}
