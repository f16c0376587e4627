import type { Json } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { ExpressionSyntaxError, type ParsedExpression, parseExpression } from '#expression/parse.ts';

/** Every text inside a value, with its path. */
export function* textsIn(
  value: Json | undefined,
  path: DocumentPath,
): Generator<readonly [DocumentPath, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* textsIn(entry, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) yield* textsIn(entry, [...path, key]);
  }
}

/** An expression, or why it is none. */
export function parsedOrError(text: string): ParsedExpression | ExpressionSyntaxError {
  try {
    return parseExpression(text);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return error;
    throw error;
  }
}
