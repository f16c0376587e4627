import { type FreeVariable, parseExpression } from '#expression/parse.ts';
import { plainPathTree } from '#expression/plain-path.ts';

/**
 * What a name stands for: the text of an expression, or undefined when the machine knows the name by itself. `reads`
 * are the places where the expression reads it.
 */
export type Resolve = (name: string, reads: readonly FreeVariable[]) => string | undefined;

/**
 * An expression with what its names stand for put in front: `( $input := $states.context.Execution.Input; $input.a & '!' )`.
 * Its own text stays as it is, and names that it does not read are not bound. Where it is a plain path, and its name stands
 * for one, they are one path, which is read without any JSONata: `$states.context.Execution.Input.a`.
 */
export function bind(text: string, resolve: Resolve): string {
  const bindings = [...meanings(text, resolve)];
  const [first] = bindings;
  if (first === undefined) return text;
  const [name, meaning] = first;
  if (plainPathTree(text) !== undefined && plainPathTree(meaning) !== undefined) {
    return `${meaning}${text.trim().slice(1 + name.length)}`;
  }
  return `( ${bindings.map(([bound, value]) => `$${bound} := ${value}; `).join('')}${text} )`;
}

/** What the names that an expression reads stand for, where the machine does not know them by themselves. */
export function meanings(text: string, resolve: Resolve): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, reads] of Map.groupBy(parseExpression(text).variables, (variable) => variable.name)) {
    const meaning = resolve(name, reads);
    if (meaning !== undefined) found.set(name, meaning);
  }
  return found;
}
