import { isJsonObject, type Json } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import { type EvaluationScope, evaluate } from '#expression/evaluate.ts';

/** A value with every `{% … %}` in it evaluated. Throws EvaluationError. */
export async function fillTemplate(template: Json, scope: EvaluationScope): Promise<Json> {
  if (typeof template === 'string') {
    const expression = readExpression(template);
    return expression === undefined ? template : ((await evaluate(expression.text, scope)) ?? null);
  }
  if (Array.isArray(template)) {
    return Promise.all(template.map((entry: Json) => fillTemplate(entry, scope)));
  }
  if (!isJsonObject(template)) return template;
  const entries = Object.entries(template).map(
    async ([key, value]) => [key, await fillTemplate(value, scope)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Every expression in a value, with the path to it. */
export function* expressionsIn(
  template: Json,
  path: readonly (string | number)[] = [],
): Generator<{
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly offset: number;
}> {
  if (typeof template === 'string') {
    const expression = readExpression(template);
    if (expression !== undefined) yield { path, ...expression };
  } else if (Array.isArray(template)) {
    for (const [at, entry] of template.entries()) yield* expressionsIn(entry, [...path, at]);
  } else if (isJsonObject(template)) {
    for (const [key, value] of Object.entries(template)) yield* expressionsIn(value, [...path, key]);
  }
}
