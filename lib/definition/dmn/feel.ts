import { parseExpression } from 'feelin';
import type { Json } from '#core/json.ts';
import { delimit, readExpression } from '#expression/delimiters.ts';
import { callFunction, FUNCTION_NAMES } from './feel-functions.ts';
import { arithmetic, between, comparison, conjunction, disjunction } from './feel-operators.ts';
import type { FeelType } from './types.ts';

/** What a name stands for: text of JSONata, or a function of the model, put in where it is called. */
export type Binding =
  | { readonly kind: 'value'; readonly text: string; readonly type: FeelType; readonly isNullable: boolean }
  | {
      readonly kind: 'function';
      readonly parameters: readonly string[];
      readonly body: string;
      readonly scope: Scope;
    };

/** What each name stands for, as FEEL writes it, with its spaces. */
export type Scope = ReadonlyMap<string, Binding>;

/** An expression of JSONata that gives what one of FEEL does. */
export interface Translated {
  readonly text: string;
  readonly type: FeelType;
  /** Conditions of JSONata under which there is a value; without one of them it is null. */
  readonly needs: readonly string[];
  /** Whether it may be null even so. */
  readonly isNullable: boolean;
  /** Whether it stands without brackets beside any operator. */
  readonly isAtom: boolean;
}

/** Why an expression has no translation, and where in its text, in characters. */
export class Untranslatable extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A part of a parsed expression. */
export interface FeelNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly children: readonly FeelNode[];
}

/** Where an expression is translated: its text, the names that it knows, and how deep in functions of the model it stands. */
export interface Translating {
  readonly text: string;
  readonly scope: Scope;
  readonly depth: number;
}

const MAX_LENGTH = 8_192;
const MAX_DEPTH = 60;
const MAX_CALLS = 8;

/** A value, or an expression in delimiters, that gives what a FEEL expression does. Throws {@link Untranslatable}. */
export function translateFeel(
  text: string,
  scope: Scope,
): { readonly value: Json; readonly type: FeelType; readonly isNullable: boolean } {
  const found = translateText({ text, scope, depth: 0 });
  const { type } = found;
  const isNullable = found.isNullable || found.needs.length > 0;
  const constant = constantOf(found);
  if (constant !== undefined && !(typeof constant === 'string' && readExpression(constant) !== undefined))
    return { value: constant, type, isNullable };
  return { value: delimit(closed(present(found))), type, isNullable };
}

function constantOf({ text }: Translated): Json | undefined {
  if (!/^(?:-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|true|false|null)$/.test(text)) return undefined;
  return JSON.parse(text);
}

/** Translates an expression of FEEL. Throws {@link Untranslatable}. */
export function translateText(at: Translating): Translated {
  if (at.text.length > MAX_LENGTH)
    throw new Untranslatable(`an expression of more than ${MAX_LENGTH} characters`, 0);
  if (at.depth > MAX_CALLS)
    throw new Untranslatable(`functions call each other more than ${MAX_CALLS} deep`, 0);
  return translate(parseFeel(at), at);
}

/** Names with spaces are told to the parser by a context that has them. */
function parseFeel({ text, scope }: Translating): FeelNode {
  const known = Object.fromEntries(
    [...scope].map(([name, binding]) => [name, binding.kind === 'value' ? shapeOf(binding.type) : null]),
  );
  for (const name of FUNCTION_NAMES) known[name] ??= null;
  const cursor = parseExpression(text, known, undefined).cursor();
  const read = (depth: number): FeelNode => {
    const { name, from, to } = cursor;
    if (cursor.type.isError) throw new Untranslatable(`this is no FEEL: ${text}`, from);
    if (depth > MAX_DEPTH) throw new Untranslatable(`an expression more than ${MAX_DEPTH} deep`, from);
    const children: FeelNode[] = [];
    if (cursor.firstChild()) {
      do children.push(read(depth + 1));
      while (cursor.nextSibling());
      cursor.parent();
    }
    return { name, from, to, children };
  };
  const [root, ...others] = read(0).children;
  if (root === undefined || others.length > 0)
    throw new Untranslatable(`this is no one expression: ${text}`, 0);
  return root;
}

function shapeOf({ fields }: FeelType): unknown {
  if (fields === undefined) return null;
  return Object.fromEntries([...fields].map(([name, type]) => [name, shapeOf(type)]));
}

/** Translates a part of an expression. Throws {@link Untranslatable}. */
export function translate(node: FeelNode, at: Translating): Translated {
  const text = at.text.slice(node.from, node.to);
  switch (node.name) {
    case 'NumericLiteral':
      return atom(numberText(text, node), 'number');
    case 'StringLiteral':
      return atom(stringText(text, node), 'string');
    case 'BooleanLiteral':
      return atom(text, 'boolean');
    case 'null':
      return { ...atom('null', 'null'), isNullable: true };
    case 'ParenthesizedExpression':
      return translate(operandsOf(node)[0] ?? node, at);
    case 'VariableName':
      return variable(text, node, at);
    case 'PathExpression':
      return path(node, at);
    case 'ArithmeticExpression':
      return arithmetic(node, at);
    case 'Comparison':
      return node.children.some(({ name }) => name === 'between') ? between(node, at) : comparison(node, at);
    case 'Conjunction':
      return conjunction(node, at);
    case 'Disjunction':
      return disjunction(node, at);
    case 'IfExpression':
      return conditional(node, at);
    case 'InstanceOfExpression':
    case 'InstanceOf':
      return instanceOf(node, at);
    case 'List':
      return list(node, at);
    case 'FunctionInvocation':
      return callFunction(node, at);
    case 'DateTimeLiteral':
      return dateLiteral(text, node);
    default:
      throw new Untranslatable(`this has no translation to JSONata: ${text}`, node.from);
  }
}

/** The parts of a node that are expressions: without its signs and words. */
export function operandsOf({ children }: FeelNode): readonly FeelNode[] {
  return children.filter(({ name }) => (/^[A-Z]/.test(name) && !/Op$/.test(name) ? true : name === 'null'));
}

/** Text that needs no brackets, of a kind. */
export function atom(text: string, kind: FeelType['kind']): Translated {
  return { text, type: { kind }, needs: [], isNullable: false, isAtom: true };
}

/** Text that stands beside operators. */
export function bracketed({ text, isAtom }: Translated): string {
  return isAtom ? text : `(${text})`;
}

/** Text that gives null where there is no value. */
export function closed({ text, needs }: Translated): string {
  return needs.length === 0 ? text : `${[...new Set(needs)].join(' and ')} ? ${text} : null`;
}

/** The same, null where JSONata has nothing: a field that is not there, or one of null. An input is always there. */
export function present(found: Translated): Translated {
  const isField =
    found.isNullable && found.isAtom && /^\$/.test(found.text) && !/^\$input\.\w+$/.test(found.text);
  return isField ? { ...found, text: `${found.text} ?? null`, isAtom: false } : found;
}

/** The same with its conditions in its text. */
export function close(found: Translated): Translated {
  if (found.needs.length === 0) return found;
  return { ...found, text: closed(found), needs: [], isNullable: true, isAtom: false };
}

function numberText(text: string, { from }: FeelNode): string {
  const number = Number(text.replaceAll(/\s/g, ''));
  if (!Number.isFinite(number))
    throw new Untranslatable(`this is no number that JSON can hold: ${text}`, from);
  return String(number);
}

function stringText(text: string, { from }: FeelNode): string {
  try {
    const value: unknown = JSON.parse(text.replaceAll('\n', '\\n'));
    return JSON.stringify(value);
  } catch {
    throw new Untranslatable(`this text is not read: ${text}`, from);
  }
}

function variable(text: string, { from }: FeelNode, { scope }: Translating): Translated {
  const binding = scope.get(text.replaceAll(/\s+/g, ' '));
  if (binding === undefined) throw new Untranslatable(`there is no "${text}" here`, from);
  if (binding.kind === 'function')
    throw new Untranslatable(`"${text}" is a function, and no value here`, from);
  const isAtom = /^[$\w.`]+$/.test(binding.text);
  return { text: binding.text, type: binding.type, needs: [], isNullable: binding.isNullable, isAtom };
}

function path(node: FeelNode, at: Translating): Translated {
  const [of, field] = operandsOf(node);
  if (of === undefined || field === undefined)
    throw new Untranslatable('a path has a name on each side', node.from);
  const whole = translate(of, at);
  const name = at.text.slice(field.from, field.to).trim();
  const type = whole.type.fields?.get(name);
  if (type === undefined)
    throw new Untranslatable(`"${name}" is no part of ${at.text.slice(of.from, of.to)}`, field.from);
  return {
    text: `${bracketed(whole)}.${fieldText(name)}`,
    type,
    needs: whole.needs,
    isNullable: true,
    isAtom: true,
  };
}

/** A field as JSONata writes it. */
export function fieldText(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !['and', 'or', 'in'].includes(name)
    ? name
    : `\`${name.replaceAll('`', '')}\``;
}

function conditional(node: FeelNode, at: Translating): Translated {
  const [when, yes, no] = operandsOf(node).map((each) => close(present(translate(each, at))));
  if (when === undefined || yes === undefined || no === undefined)
    throw new Untranslatable('if, then and else belong together', node.from);
  const test =
    when.type.kind === 'boolean' && !when.isNullable ? bracketed(when) : `${bracketed(when)} = true`;
  const type =
    yes.type.kind === 'null'
      ? no.type
      : yes.type.kind === no.type.kind || no.type.kind === 'null'
        ? yes.type
        : { kind: 'any' as const };
  const text = `${test} ? ${bracketed(yes)} : ${bracketed(no)}`;
  return { text, type, needs: [], isNullable: yes.isNullable || no.isNullable, isAtom: false };
}

function instanceOf(node: FeelNode, at: Translating): Translated {
  const [of] = operandsOf(node);
  const text = at.text.slice(node.from, node.to);
  const [, kind] = /\binstance\s+of\s+(number|string|boolean)$/.exec(text) ?? [];
  if (of === undefined || kind === undefined)
    throw new Untranslatable(`a value is an instance of number, string or boolean: ${text}`, node.from);
  const value = close(translate(of, at));
  return { ...atom(`$type(${value.text}) = '${kind}'`, 'boolean'), isAtom: false };
}

function list(node: FeelNode, at: Translating): Translated {
  const entries = operandsOf(node).map((each) => closed(present(translate(each, at))));
  return { ...atom(`[${entries.join(', ')}]`, 'list') };
}

function dateLiteral(text: string, { from }: FeelNode): Translated {
  const [, day] = /^date\s*\(\s*"(\d{4}-\d\d-\d\d)"\s*\)$/.exec(text) ?? [];
  if (day === undefined)
    throw new Untranslatable(`of dates, only date("2026-11-25") has a translation: ${text}`, from);
  return atom(JSON.stringify(day), 'date');
}
