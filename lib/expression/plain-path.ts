import type { SyntaxNode } from './syntax-node.ts';

/** Most expressions are this: a name with fields. */
const PLAIN_PATH = /^\s*\$([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)\s*$/;
/** Words that are no fields to JSONata. */
const WORDS: readonly string[] = ['and', 'or', 'in', 'true', 'false', 'null', 'function'];

/**
 * The syntax tree of `$name.field.field`, as jsonata makes it; undefined for any other text. jsonata sets up its whole parser
 * for each text, which takes fifty times as long.
 */
export function plainPathTree(text: string): SyntaxNode | undefined {
  const [, name, path = ''] = PLAIN_PATH.exec(text) ?? [];
  if (name === undefined) return undefined;
  const fields = path.split('.').slice(1);
  if (fields.some((field) => WORDS.includes(field))) return undefined;
  let position = text.indexOf('$') + 1 + name.length;
  const first: SyntaxNode = { type: 'variable', value: name, position };
  if (fields.length === 0) return first;
  const steps = fields.map((field): SyntaxNode => {
    position += 1 + field.length;
    return { type: 'name', value: field, position };
  });
  return { type: 'path', steps: [first, ...steps] };
}
