import type { Json } from '#core/json.ts';
import { delimit } from '#expression/delimiters.ts';
import { type Cell, type CellTest, type CellValue, parseCell } from '../decision/cell.ts';
import { type Scope, translateFeel, Untranslatable } from './feel.ts';
import type { FeelType } from './types.ts';

/** The input of a column: the name of our input, and below it the fields that the column looks at. */
export interface Column {
  readonly input: string;
  /** As JSONata, such as `.age`; empty for the input itself. */
  readonly path: string;
  readonly type: FeelType;
}

/** A unary test of DMN as a cell; undefined for one that anything passes. Throws {@link Untranslatable}. */
export function cellOf(text: string, column: Column, scope: Scope): Json | undefined {
  if (text === '' || text === '-') return undefined;
  const cell = parseCell(text.replaceAll(/\](?=\s*[^,[\]()"]+\.\.)/g, '('));
  if ('message' in cell) return expressionCell(text, column, scope);
  if (column.path !== '') return delimit(pathTest(cell, `$value${column.path}`));
  return valuesOf(cell) ?? text;
}

/** What is only values reads best as one, or as a list. */
function valuesOf({ isNegated, tests }: Cell): Json | undefined {
  const values = tests.map((test) =>
    test.kind === 'compare' && test.operator === '=' ? test.value : undefined,
  );
  if (isNegated) return undefined;
  const [first] = values;
  if (values.length === 1 && first !== undefined && isPlain(first) && typeof first !== 'string') return first;
  return values.every((value) => typeof value === 'string') ? values : undefined;
}

function isPlain(value: CellValue): value is Exclude<CellValue, object> | null {
  return typeof value !== 'object' || value === null;
}

function pathTest({ isNegated, tests }: Cell, path: string): string {
  const any = tests.map((test) => `(${testText(test, path)})`).join(' or ');
  return isNegated ? `$not(${any})` : any;
}

function testText(test: CellTest, path: string): string {
  if (test.kind === 'compare') {
    const value = literal(test.value);
    if (test.operator === '=' || test.operator === '!=') return `(${path} ?? null) ${test.operator} ${value}`;
    return `$type(${path}) = '${typeof test.value}' and ${path} ${test.operator} ${value}`;
  }
  const from = `${path} ${test.includesFrom ? '>=' : '>'} ${literal(test.from)}`;
  const to = `${path} ${test.includesTo ? '<=' : '<'} ${literal(test.to)}`;
  return `$type(${path}) = '${typeof test.from}' and ${from} and ${to}`;
}

function literal(value: CellValue): string {
  if (isPlain(value)) return JSON.stringify(value);
  throw new Untranslatable(`${value.function}("${value.text}") is not compared with a part of an input`, 0);
}

/** Tests with names or arithmetic: over `?`, after an operator, or as a value. */
function expressionCell(text: string, { path, type }: Column, scope: Scope): Json {
  const inner: Scope = new Map([
    ...scope,
    ['?', { kind: 'value', text: `$value${path}`, type, isNullable: true }],
  ]);
  const [, operator, operand] = /^(<=|>=|!=|<|>|=)\s*([\s\S]+)$/.exec(text) ?? [];
  if (operator !== undefined) return testOf(`? ${operator} (${operand})`, inner);
  return testOf(text.includes('?') ? text : `? = (${text})`, inner);
}

function testOf(text: string, scope: Scope): Json {
  const asked = text.replaceAll('?', 'testedValue');
  const names = new Map(scope);
  const tested = scope.get('?');
  if (tested !== undefined) names.set('testedValue', tested);
  const { value } = translateFeel(asked, names);
  if (typeof value !== 'string') return value === true ? '-' : delimit('false');
  const inner = value.slice(2, -2).trim();
  return delimit(/\?/.test(inner) ? `(${inner}) = true` : inner);
}
