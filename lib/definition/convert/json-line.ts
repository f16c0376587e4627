import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, YAMLMap } from 'yaml';

/** A node itself; what an alias stands for; undefined for nothing, which is null. */
export function resolved(value: unknown, document: Document): Node | undefined {
  if (isAlias(value)) return value.resolve(document);
  return isNode(value) ? value : undefined;
}

/** A value as JSON on one line. */
export function lineOf(value: unknown, document: Document): string {
  const node = resolved(value, document);
  if (isSeq(node)) return `[${node.items.map((item) => lineOf(item, document)).join(', ')}]`;
  if (!isMap(node)) return JSON.stringify(node?.toJS(document) ?? null) ?? 'null';
  const pairs = [...pairsOf(node, document)].map(
    ([key, pair]) => `${JSON.stringify(key)}: ${lineOf(pair.value, document)}`,
  );
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** The pairs of a map by their keys as JSON has them; of keys that are the same there, the last counts. */
export function pairsOf(map: YAMLMap, document: Document): ReadonlyMap<string, Pair> {
  return new Map(map.items.map((pair) => [keyOf(pair, document), pair]));
}

/** JSON has texts for keys only; a list or map as a key is written as text. */
function keyOf(pair: Pair, document: Document): string {
  const key = resolved(pair.key, document);
  if (isScalar(key)) return String(key.value ?? '');
  const alone = new YAMLMap();
  alone.items.push(pair);
  return Object.keys(alone.toJS(document))[0] ?? '';
}
