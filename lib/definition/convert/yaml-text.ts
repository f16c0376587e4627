import { visit } from 'yaml';
import type { Written } from './json-text.ts';
import { standsOnOneLine } from './one-line.ts';

/**
 * A document that was written in JSON, as people write YAML: lists and maps line by line, but for short ones that stood on a
 * line; quotes only where it takes them. Comments stay with what they are about.
 */
export function yamlText({ document, text }: Written): string {
  const copy = document.clone();
  visit(copy, {
    Collection(_key, node) {
      node.flow = node !== copy.contents && standsOnOneLine(node, text);
    },
    Scalar(_key, node) {
      delete node.type;
    },
  });
  return copy.toString({ lineWidth: 0, blockQuote: 'literal' });
}
