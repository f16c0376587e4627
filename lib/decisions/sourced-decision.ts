import { dirname, join } from 'node:path';
import type { Diagnostic } from '#core/diagnostic.ts';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { readDecisionFile } from '#definition/decision/read-decision.ts';
import { Source } from '#definition/source.ts';
import { type ReadText, readReferenceData } from './reference-data.ts';

/** A decision with its text and its reference data. */
export interface SourcedDecision {
  readonly source: Source;
  readonly file: DecisionFile;
  /** By name. */
  readonly data: JsonObject;
}

/** Reads decisions with the reference data beside them. Data that cannot be read is told of (SW1821). */
export function readDecisions(
  sources: readonly Source[],
  readText: ReadText,
): { readonly decisions: readonly SourcedDecision[]; readonly diagnostics: readonly Diagnostic[] } {
  const decisions: SourcedDecision[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const source of sources) {
    const file = readDecisionFile(source);
    if (file === undefined) continue;
    const folder = dirname(source.file);
    const { data, faults } = readReferenceData(file, (name) => readText(join(folder, name)));
    decisions.push({ source, file, data });
    for (const { name, message } of faults) {
      diagnostics.push(
        source.diagnose(['data', name, 'file'], {
          code: 'SW1821',
          message: `the reference data cannot be read: ${message}`,
          hint: 'name a JSON, YAML or CSV file of the folder of this decision',
        }),
      );
    }
  }
  return { decisions, diagnostics };
}

/** The decision as one text that needs no files beside it: their values stand in it. */
export function selfContained({ source, file, data }: SourcedDecision): Source {
  const hasFiles = Object.values(file.data ?? {}).some((reference) => 'file' in reference);
  if (!hasFiles || !isJsonObject(source.value)) return source;
  const values = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, { values: value }]));
  return Source.parse(source.file, `${JSON.stringify({ ...source.value, data: values }, null, 2)}\n`);
}
