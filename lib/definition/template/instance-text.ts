import { type Document, isMap, isNode, isScalar, isSeq, type Node, Pair, visit } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { yamlText } from '../convert/yaml-text.ts';
import type { SourcedTemplate } from './template.ts';

/** A workflow that was made of a template as YAML, with the comments that stand in the template. */
export function instanceText({ source, template }: SourcedTemplate, workflow: JsonObject): string {
  const { document, text } = source;
  if (document === undefined) return '';
  const copy = document.clone();
  copy.contents = filledNode(copy.getIn(['workflow'], true), workflow, copy);
  copy.commentBefore = ` Made of the template ${template.name} ${template.version}.`;
  copy.comment = null;
  visit(copy, {
    Value(_key, node) {
      delete node.anchor;
    },
  });
  return yamlText({ document: copy, text });
}

/** A node with other values in it where they differ, so that comments stay where they are. */
function filledNode(node: unknown, value: Json, document: Document): Node {
  if (isMap(node) && isJsonObject(value)) {
    const known = new Map(node.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : '', pair]));
    node.items = Object.entries(value).map(([key, entry]) => {
      const pair = known.get(key);
      return new Pair(pair?.key ?? document.createNode(key), filledNode(pair?.value, entry, document));
    });
    return node;
  }
  if (isSeq(node) && Array.isArray(value)) {
    node.items = value.map((entry: Json, at) => filledNode(node.items[at], entry, document));
    return node;
  }
  if (isScalar(node) && node.value === value) return node;
  const made = document.createNode(value, { aliasDuplicateObjects: false });
  if (isNode(node)) made.comment = node.comment ?? null;
  return made;
}
