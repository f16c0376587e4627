import type { Json } from '#core/json.ts';
import { isJsonObject } from '#core/json.ts';
import { JsonPathError } from './path-error.ts';

/** The condition of a filter, `[?(…)]`: any of these lists of comparisons, all of which must hold. */
export interface Filter {
  readonly anyOf: readonly (readonly Comparison[])[];
}

/** What is compared: a field below the entry, `@.a.b`, with a constant; without an operator, whether it is there. */
interface Comparison {
  readonly path: readonly (string | number)[];
  readonly isNegated: boolean;
  readonly test?: { readonly operator: Operator; readonly constant: Json };
}

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

const COMPARISON =
  /^\s*(?<not>!)?\s*@(?<path>(?:\.[\p{L}_][\p{L}\p{N}_-]*|\['[^'\\]*'\]|\[\d{1,9}\])*)\s*(?:(?<operator>==|!=|<=|>=|<|>)\s*(?<constant>'[^'\\]*'|-?\d+(?:\.\d+)?|true|false|null)\s*)?$/u;
const PATH_PART = /\.(?<name>[^.[]+)|\['(?<quoted>[^']*)'\]|\[(?<index>\d+)\]/gu;

/**
 * Reads the condition between `?(` and `)`: comparisons of fields with constants, joined by `&&` and `||`. There is no
 * other form, so nothing in it could run. `offset` is where it stands in the path.
 */
export function parseFilter(text: string, offset: number): Filter {
  return {
    anyOf: splitOutsideQuotes(text, '||').map((all) =>
      splitOutsideQuotes(all, '&&').map((one) => parseComparison(one, offset)),
    ),
  };
}

/** Whether an entry is one that the filter lets through. */
export function holds({ anyOf }: Filter, entry: Json): boolean {
  return anyOf.some((all) => all.every((comparison) => compares(comparison, entry)));
}

function parseComparison(text: string, offset: number): Comparison {
  const { groups } = COMPARISON.exec(text) ?? {};
  if (groups === undefined) {
    throw new JsonPathError(
      `a filter compares fields with constants, and is not code: "${text.trim().slice(0, 40)}"`,
      offset,
    );
  }
  const { not, path = '', operator, constant } = groups;
  const isNegated = not !== undefined;
  if (operator === undefined || constant === undefined) return { path: readPath(path), isNegated };
  return {
    path: readPath(path),
    isNegated,
    test: { operator: toOperator(operator), constant: toJson(constant) },
  };
}

function splitOutsideQuotes(text: string, separator: '||' | '&&'): readonly string[] {
  const parts: string[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted;
    if (quoted || !text.startsWith(separator, at)) continue;
    parts.push(text.slice(start, at));
    start = at + separator.length;
  }
  return [...parts, text.slice(start)];
}

function readPath(text: string): readonly (string | number)[] {
  return Array.from(text.matchAll(PATH_PART), ({ groups = {} }) =>
    groups['index'] === undefined ? (groups['name'] ?? groups['quoted'] ?? '') : Number(groups['index']),
  );
}

function toOperator(text: string): Operator {
  const known = (['==', '!=', '<', '<=', '>', '>='] as const).find((operator) => operator === text);
  if (known === undefined) throw new Error(`the grammar lets "${text}" through`);
  return known;
}

function toJson(constant: string): Json {
  if (constant.startsWith("'")) return constant.slice(1, -1);
  const value: Json = JSON.parse(constant);
  return value;
}

function compares({ path, isNegated, test }: Comparison, entry: Json): boolean {
  const value = valueAt(path, entry);
  return (test === undefined ? value !== undefined : passes(value, test)) !== isNegated;
}

function valueAt(path: readonly (string | number)[], entry: Json): Json | undefined {
  let value: Json | undefined = entry;
  for (const part of path) {
    if (typeof part === 'number') value = Array.isArray(value) ? value[part] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value;
}

/** Values of different types are different, and neither is less than the other. */
function passes(value: Json | undefined, { operator, constant }: NonNullable<Comparison['test']>): boolean {
  if (operator === '==') return value === constant;
  if (operator === '!=') return value !== constant;
  const order = orderOf(value, constant);
  if (order === undefined) return false;
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function orderOf(value: Json | undefined, constant: Json): number | undefined {
  if (typeof value === 'number' && typeof constant === 'number') return value - constant;
  if (typeof value === 'string' && typeof constant === 'string') {
    return value < constant ? -1 : Number(value > constant);
  }
  return undefined;
}
