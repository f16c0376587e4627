import type { JsonObject } from '#core/json.ts';
import { type DocumentPath, formatPath } from '#definition/document-path.ts';
import { faultsOfSchema } from './json-schema.ts';
import type { Report } from './report.ts';

/** Tells what is wrong with a JSON Schema that stands in a document; of each of its places once. */
export function reportSchemaFaults(schema: JsonObject, path: DocumentPath, report: Report): void {
  const told = new Set<string>();
  for (const fault of faultsOfSchema(schema)) {
    const place = formatPath(fault.path);
    if (told.has(place)) continue;
    told.add(place);
    report.at([...path, ...fault.path], {
      code: 'SW1107',
      message: `this is no valid JSON Schema: ${fault.path.at(-1) ?? path.at(-1)} ${fault.message}`,
    });
  }
}
