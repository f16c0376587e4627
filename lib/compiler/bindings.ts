import { type FreeVariable, parseExpression } from '#expression/parse.ts';

/**
 * What a name stands for: the text of an expression, or undefined when the machine knows the name by itself. `reads`
 * are the places where the expression reads it.
 */
export type Resolve = (name: string, reads: readonly FreeVariable[]) => string | undefined;

/**
 * An expression with what its names stand for put in front: `( $input := $states.context.Execution.Input; $input.site )`.
 * Its own text stays as it is, and names that it does not read are not bound.
 */
export function bind(text: string, resolve: Resolve): string {
  const bindings = [...meanings(text, resolve)].map(([name, meaning]) => `$${name} := ${meaning}; `);
  return bindings.length === 0 ? text : `( ${bindings.join('')}${text} )`;
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
