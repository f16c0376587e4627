import { Document, isMap, isSeq, visit } from 'yaml';
import type { JsonObject } from '#core/json.ts';

/** Keys whose maps stand on one line. */
const ON_ONE_LINE = ['when', 'give', 'otherwise'];
/** Maps each of whose values stands on one line. */
const LINE_BY_LINE = ['inputs', 'outputs', 'decisions'];

/** A decision file as people write it: a rule's cells, an input's type on one line each. */
export function decisionText(file: JsonObject): string {
  const document = new Document(file);
  visit(document, {
    Pair(_key, { key, value }, path) {
      const isTop = path.length === 2;
      if (ON_ONE_LINE.includes(String(key)) && isMap(value)) value.flow = true;
      if (!isTop || !LINE_BY_LINE.includes(String(key)) || !isMap(value)) return;
      for (const { value: each } of value.items) if (isMap(each) || isSeq(each)) each.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}
