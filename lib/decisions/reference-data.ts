import { parse as parseCsv } from 'csv-parse/sync';
import type { Json, JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { Source } from '#definition/source.ts';

/** Reads the text of a file of reference data beside a decision. */
export type ReadText = (file: string) => string;

/** Why reference data cannot be read, by its name. */
export interface ReferenceFault {
  readonly name: string;
  readonly message: string;
}

/** The reference data of a decision: what stands in it, and what the files beside it hold. */
export function readReferenceData(
  { data = {} }: Pick<DecisionFile, 'data'>,
  readText: ReadText,
): { readonly data: JsonObject; readonly faults: readonly ReferenceFault[] } {
  const values: [string, Json][] = [];
  const faults: ReferenceFault[] = [];
  for (const [name, reference] of Object.entries(data)) {
    if ('values' in reference) values.push([name, reference.values]);
    else {
      try {
        values.push([name, parseReference(reference.file, readText(reference.file))]);
      } catch (error) {
        faults.push({ name, message: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  return { data: Object.fromEntries(values), faults };
}

/**
 * The value that a file holds: of JSON and YAML the document, of CSV a list of objects by the names in its first line. A field
 * of CSV that is a number, true or false is one; an empty one is null.
 */
function parseReference(file: string, text: string): Json {
  if (file.endsWith('.csv')) return rowsOf(text);
  const { value, diagnostics } = Source.parse(file, text);
  if (value !== undefined) return value;
  const [first] = diagnostics;
  throw new Error(`line ${first?.line ?? 1}: ${first?.message ?? 'it does not parse'}`);
}

function rowsOf(text: string): Json {
  const rows: unknown[] = parseCsv(text, { columns: true, bom: true, trim: true, skip_empty_lines: true });
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row ?? {}).map(([name, field]) => [name, fieldValue(String(field))])),
  );
}

function fieldValue(text: string): Json {
  if (text === '') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  // What begins with a zero, such as a postal code, is a text.
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
