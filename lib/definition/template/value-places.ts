import { parseExpression } from '#expression/parse.ts';
import { type Placeholder, placeholdersIn, replacePlaceholders } from './placeholder.ts';

/**
 * The placeholders of an expression in whose place a value can be written: where a variable could stand. All others are in
 * quotes, in a comment, or where the language wants a name, and a value there could become code. Throws
 * ExpressionSyntaxError when the expression does not parse.
 *
 * @param text the expression without its delimiters.
 */
export function valuePlaces(text: string): readonly Placeholder[] {
  const { variables } = parseExpression(replacePlaceholders(text, standIn));
  const names = new Map(variables.filter(({ called }) => !called).map(({ offset, name }) => [offset, name]));
  return placeholdersIn(text).filter((one, index) => names.get(one.start) === standIn(one, index).slice(1));
}

/** A variable as long as the placeholder, so that everything keeps its place. */
function standIn({ start, end }: Placeholder, index: number): string {
  return `$${String(index).padStart(end - start - 1, 'p')}`;
}
