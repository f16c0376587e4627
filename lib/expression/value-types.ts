import type { SyntaxNode } from './syntax-node.ts';

/** A type of JSON. */
export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** The types that a value can have when it has one at all; undefined where nothing is known. */
export type Types = ReadonlySet<JsonType> | undefined;

/** An operand on which an operator fails whenever it has a value. */
export interface Clash {
  readonly operator: string;
  /** Where the operator begins in the text, in characters. */
  readonly offset: number;
  readonly types: ReadonlySet<JsonType>;
}

/** What is known of the values of an expression. */
export interface TypedExpression {
  readonly types: Types;
  readonly clashes: readonly Clash[];
}

/** What is known of a name that an expression reads, or of a field of it. */
export type TypesOfName = (name: string, fields: readonly string[]) => Types;

/**
 * Infers what an expression gives, from its form and from what is known of the names that it reads. Nothing is known where
 * JSONata makes it depend on the values, as in paths through lists.
 */
export function inferTypes(tree: SyntaxNode, typesOfName: TypesOfName): TypedExpression {
  const inference = new Inference(typesOfName);
  return { types: inference.typesOf(tree, NONE), clashes: inference.clashes };
}

const NONE: ReadonlySet<string> = new Set();
const ARITHMETIC: readonly unknown[] = ['+', '-', '*', '/', '%'];
const ORDERING: readonly unknown[] = ['<', '<=', '>', '>='];
const LOGICAL: readonly unknown[] = ['=', '!=', 'in', 'and', 'or'];

const TEXT_FUNCTIONS = [
  ...['base64decode', 'base64encode', 'decodeUrl', 'decodeUrlComponent', 'encodeUrl', 'encodeUrlComponent'],
  ...['formatBase', 'formatInteger', 'formatNumber', 'fromMillis', 'hash', 'join', 'lowercase', 'now', 'pad'],
  ...[
    'replace',
    'string',
    'substring',
    'substringAfter',
    'substringBefore',
    'trim',
    'type',
    'uppercase',
    'uuid',
  ],
];
const NUMBER_FUNCTIONS = [
  ...['abs', 'average', 'ceil', 'count', 'floor', 'length', 'max', 'millis', 'min', 'number', 'parseInteger'],
  ...['power', 'random', 'round', 'sqrt', 'sum', 'toMillis'],
];
const BOOLEAN_FUNCTIONS = ['boolean', 'contains', 'exists', 'not'];

/** What functions give whenever they give something (documentation of JSONata 2, "Function library"). */
const RESULTS: ReadonlyMap<unknown, JsonType> = new Map([
  ...TEXT_FUNCTIONS.map((name) => [name, 'string'] as const),
  ...NUMBER_FUNCTIONS.map((name) => [name, 'number'] as const),
  ...BOOLEAN_FUNCTIONS.map((name) => [name, 'boolean'] as const),
]);

/** A walk over a syntax tree; names that the expression binds itself are not known. */
class Inference {
  readonly clashes: Clash[] = [];
  readonly #typesOfName: TypesOfName;

  constructor(typesOfName: TypesOfName) {
    this.#typesOfName = typesOfName;
  }

  typesOf(node: SyntaxNode, bound: ReadonlySet<string>): Types {
    if (node.predicate !== undefined || node.stages !== undefined || node.group !== undefined)
      return undefined;
    switch (node.type) {
      case 'number':
      case 'string':
        return new Set([node.type]);
      case 'value':
        return new Set([node.value === null ? 'null' : 'boolean']);
      case 'variable':
        return this.#name(node, [], bound);
      case 'path':
        return this.#path(node.steps ?? [], bound);
      case 'unary':
        return this.#unary(node, bound);
      case 'binary':
        return this.#binary(node, bound);
      case 'condition':
        return this.#condition(node, bound);
      case 'block':
        return this.#block(node.expressions ?? [], bound);
      case 'function':
        return this.#call(node, bound);
      default:
        return undefined;
    }
  }

  #name({ value }: SyntaxNode, fields: readonly string[], bound: ReadonlySet<string>): Types {
    const name = String(value);
    return bound.has(name) || name === '' || name === '$' ? undefined : this.#typesOfName(name, fields);
  }

  #path([first, ...others]: readonly SyntaxNode[], bound: ReadonlySet<string>): Types {
    const isPlain = others.every(
      (step) => step.type === 'name' && step.predicate === undefined && step.stages === undefined,
    );
    if (first?.type !== 'variable' || !isPlain) return undefined;
    if (first.predicate !== undefined || first.stages !== undefined || first.focus !== undefined)
      return undefined;
    return this.#name(
      first,
      others.map(({ value }) => String(value)),
      bound,
    );
  }

  #unary(node: SyntaxNode, bound: ReadonlySet<string>): Types {
    if (node.value === '[') return new Set(['array']);
    if (node.value === '{') return new Set(['object']);
    if (node.value !== '-' || node.expression === undefined) return undefined;
    this.#demand(node, node.expression, { bound, allowed: ['number'] });
    return new Set(['number']);
  }

  #binary(node: SyntaxNode, bound: ReadonlySet<string>): Types {
    const { value, lhs, rhs } = node;
    if (lhs === undefined || rhs === undefined || !('type' in lhs) || !('type' in rhs)) return undefined;
    const allowed: readonly JsonType[] | undefined = ARITHMETIC.includes(value)
      ? ['number']
      : ORDERING.includes(value)
        ? ['number', 'string']
        : undefined;
    for (const side of [lhs, rhs]) this.#demand(node, side, { bound, allowed });
    if (ARITHMETIC.includes(value)) return new Set(['number']);
    if (value === '&') return new Set(['string']);
    return LOGICAL.includes(value) || ORDERING.includes(value) ? new Set(['boolean']) : undefined;
  }

  /** Looks at an operand; what its operator does not allow is a clash. */
  #demand(
    operator: SyntaxNode,
    operand: SyntaxNode,
    {
      bound,
      allowed,
    }: { readonly bound: ReadonlySet<string>; readonly allowed: readonly JsonType[] | undefined },
  ): void {
    const types = this.typesOf(operand, bound);
    if (types === undefined || allowed === undefined || allowed.some((type) => types.has(type))) return;
    const text = String(operator.value);
    this.clashes.push({ operator: text, offset: Math.max(0, (operator.position ?? 0) - text.length), types });
  }

  #condition(node: SyntaxNode, bound: ReadonlySet<string>): Types {
    if (node.condition !== undefined) this.typesOf(node.condition, bound);
    const then = node.then && this.typesOf(node.then, bound);
    // Without a branch for it, the expression gives nothing when the condition is false.
    if (node.else === undefined) return then;
    const otherwise = this.typesOf(node.else, bound);
    return then && otherwise && new Set([...then, ...otherwise]);
  }

  #block(expressions: readonly SyntaxNode[], bound: ReadonlySet<string>): Types {
    const inner = new Set(bound);
    let types: Types;
    for (const expression of expressions) {
      types = this.typesOf(expression, inner);
      if (expression.type !== 'bind') continue;
      const target = expression.lhs;
      if (target !== undefined && 'type' in target) inner.add(String(target.value));
    }
    return types;
  }

  #call({ procedure, arguments: operands = [] }: SyntaxNode, bound: ReadonlySet<string>): Types {
    for (const operand of operands) this.typesOf(operand, bound);
    if (procedure?.type !== 'variable' || bound.has(String(procedure.value))) return undefined;
    const type = RESULTS.get(procedure.value);
    return type && new Set([type]);
  }
}
