import { readExpression } from '#expression/delimiters.ts';
import { ExpressionSyntaxError, type ParsedExpression, parseExpression } from '#expression/parse.ts';
import type { SyntaxNode } from '#expression/syntax-node.ts';
import { simpleNames } from './simple-expression.ts';

/** The names that an expression reads from outside of itself. */
export interface ExpressionNames {
  readonly variables: readonly {
    readonly name: string;
    /** The plain fields that follow it. */
    readonly fields: readonly string[];
    readonly called: boolean;
  }[];
  /** Fields read from the context, which has none in States Language. */
  readonly contextFields: readonly { readonly name: string }[];
}

/** What a text of a machine is. */
export type TextReading =
  | { readonly kind: 'plain' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | {
      readonly kind: 'expression';
      readonly text: string;
      readonly names: ExpressionNames;
      /** The syntax tree, parsed when it is first asked for. */
      tree(): SyntaxNode;
    };

/** Reads texts of a machine; the same text is parsed once. */
export type ReadText = (text: string) => TextReading;

/** A reader that remembers what it has read. */
export function textReader(): ReadText {
  const known = new Map<string, TextReading>();
  return (text) => {
    const reading = known.get(text) ?? readText(text);
    known.set(text, reading);
    return reading;
  };
}

function readText(value: string): TextReading {
  const isOpen = value.startsWith('{%');
  if (!isOpen && !value.endsWith('%}') && readExpression(value) === undefined) return { kind: 'plain' };
  const text = isOpen && value.endsWith('%}') ? readExpression(value)?.text : undefined;
  if (text === undefined)
    return { kind: 'malformed', reason: 'it begins with {% and ends with %}, without spaces outside' };
  return expressionOf(text);
}

function expressionOf(text: string): TextReading {
  try {
    const names = simpleNames(text);
    let parsed = names === undefined ? parseExpression(text) : undefined;
    const whole = (): ParsedExpression => (parsed ??= parseExpression(text));
    return { kind: 'expression', text, names: names ?? whole(), tree: () => whole().tree };
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}
