import jsonata from 'jsonata';
import { LinearRegExp } from './linear-regex.ts';
import { plainPathTree } from './plain-path.ts';
import { type SyntaxNode, SyntaxNodeSchema } from './syntax-node.ts';

/** Longest expression that is accepted, in characters. */
export const MAX_EXPRESSION_LENGTH = 32_768;

/** A name that an expression reads from outside of itself. */
export interface FreeVariable {
  /** Without `$`. */
  readonly name: string;
  /** Where its `$` stands in the text, in characters. */
  readonly offset: number;
  /** The plain fields that follow it: `['site']` for `$input.site`. */
  readonly fields: readonly string[];
  /** Whether it is called as a function. */
  readonly called: boolean;
}

/** What is known of an expression's text. */
export interface ParsedExpression {
  readonly text: string;
  readonly variables: readonly FreeVariable[];
  /** Fields read from the context itself: `site` in `site = 'berlin'`. */
  readonly contextFields: readonly { readonly name: string; readonly offset: number }[];
  readonly tree: SyntaxNode;
}

/** Why an expression does not parse, and where in its text. */
export class ExpressionSyntaxError extends Error {
  override readonly name = 'ExpressionSyntaxError';
  /** Characters from the start of the text. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** What was parsed is kept for a while: validation, compiler and machine rules ask for the same texts. */
const MAX_CACHED = 2_000;
const cache = new Map<string, ParsedExpression>();

/** Parses an expression. Throws {@link ExpressionSyntaxError}. */
export function parseExpression(text: string): ParsedExpression {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const parsed = freshlyParsed(text);
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
  cache.set(text, parsed);
  return parsed;
}

function freshlyParsed(text: string): ParsedExpression {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    throw new ExpressionSyntaxError(`the expression is longer than ${MAX_EXPRESSION_LENGTH} characters`, 0);
  }
  const collector = new NameCollector();
  const tree = plainPathTree(text) ?? syntaxTree(text);
  collector.visit(tree, new Set());
  return { text, variables: collector.variables, contextFields: collector.contextFields, tree };
}

function syntaxTree(text: string): SyntaxNode {
  try {
    return SyntaxNodeSchema.parse(jsonata(text).ast());
  } catch (error) {
    throw toSyntaxError(error);
  }
}

/** What jsonata throws for a text: an object with a position, and what JavaScript says of a regular expression. */
function toSyntaxError(error: unknown): unknown {
  if (error instanceof RangeError) return new ExpressionSyntaxError('the expression is nested too deeply', 0);
  if (error instanceof SyntaxError) return new ExpressionSyntaxError(error.message, 0);
  if (typeof error !== 'object' || error === null || !('position' in error)) return error;
  const message = 'message' in error ? String(error.message) : 'the expression does not parse';
  const position = typeof error.position === 'number' ? error.position : 1;
  return new ExpressionSyntaxError(message, Math.max(0, position - 1));
}

/** What a backtracking engine would take may have no linear one. */
function checkRegex({ value, position = 0 }: SyntaxNode): void {
  if (!(value instanceof RegExp)) return;
  try {
    new LinearRegExp(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExpressionSyntaxError(
      `${String(value)} is not supported: ${reason}`,
      Math.max(0, position - 1),
    );
  }
}

type Scope = ReadonlySet<string>;

/** Walks a syntax tree with the names that are bound at each place, and keeps those that are not. */
class NameCollector {
  readonly variables: FreeVariable[] = [];
  readonly contextFields: { name: string; offset: number }[] = [];

  visit(node: SyntaxNode, scope: Scope): void {
    switch (node.type) {
      case 'variable':
        this.#variable(node, scope, []);
        break;
      case 'path':
        this.#path(node.steps ?? [], scope);
        break;
      case 'block':
        this.#block(node.expressions ?? [], scope);
        break;
      case 'lambda':
        this.#lambda(node, scope);
        break;
      case 'function':
      case 'partial':
        this.#call(node, scope);
        break;
      case 'bind':
        this.#children(node.rhs, scope);
        break;
      case 'regex':
        checkRegex(node);
        break;
      default:
        this.#rest(node, scope);
    }
  }

  #variable(node: SyntaxNode, scope: Scope, fields: readonly string[], called = false): void {
    const name = String(node.value);
    // The parser's own `$exists`, by which it writes `a ?? b`, stands nowhere in the text.
    if (node.position !== undefined && name !== '' && name !== '$' && !scope.has(name)) {
      this.variables.push({ name, offset: node.position - name.length - 1, fields, called });
    }
    this.#rest(node, scope);
  }

  #path(steps: readonly SyntaxNode[], scope: Scope): void {
    const [first, ...others] = steps;
    if (first === undefined) return;
    let inner = bindsOf(first, scope);
    if (first.type === 'variable') this.#variable(first, scope, plainFields(first, others));
    else if (first.type === 'name') this.#contextField(first, scope);
    else this.visit(first, scope);
    for (const step of others) {
      if (step.type === 'name') this.#rest(step, inner);
      else new NestedCollector(this).visit(step, inner);
      inner = bindsOf(step, inner);
    }
  }

  #contextField(node: SyntaxNode, scope: Scope): void {
    const name = String(node.value);
    this.contextFields.push({ name, offset: Math.max(0, (node.position ?? 0) - name.length) });
    this.#rest(node, scope);
  }

  #block(expressions: readonly SyntaxNode[], scope: Scope): void {
    const inner = new Set(scope);
    for (const expression of expressions) {
      if (expression.type === 'bind') inner.add(boundName(expression));
      this.visit(expression, inner);
    }
  }

  #lambda(node: SyntaxNode, scope: Scope): void {
    const parameters = asList(node.arguments).map((parameter) => String(parameter.value));
    if (node.body !== undefined) this.visit(node.body, new Set([...scope, ...parameters]));
  }

  #call(node: SyntaxNode, scope: Scope): void {
    const procedure = node.procedure;
    if (procedure?.type === 'variable') this.#variable(procedure, scope, [], true);
    else if (procedure !== undefined) this.visit(procedure, scope);
    for (const argument of asList(node.arguments)) this.visit(argument, scope);
    this.#stages(node, scope);
  }

  #children(part: SyntaxNode['rhs'], scope: Scope): void {
    for (const child of flatten(part)) this.visit(child, scope);
  }

  /** All that hangs on a node of any other kind. */
  #rest(node: SyntaxNode, scope: Scope): void {
    for (const part of [
      node.lhs,
      node.rhs,
      node.expressions,
      node.condition,
      node.then,
      node.else,
      node.expr,
    ]) {
      this.#children(part, scope);
    }
    this.#children(node.expression, scope);
    for (const part of [node.pattern, node.update, node.delete]) this.#nested(part, scope);
    for (const term of node.terms ?? []) this.#nested(term.expression, scope);
    this.#stages(node, scope);
  }

  /** Predicates and groupings see another context: their plain names are fields of what they filter. */
  #stages(node: SyntaxNode, scope: Scope): void {
    for (const stage of [...(node.predicate ?? []), ...(node.stages ?? [])])
      this.#nested(stage.expr ?? stage, scope);
    for (const child of flatten(node.group?.lhs)) this.#nested(child, scope);
  }

  #nested(node: SyntaxNode | undefined, scope: Scope): void {
    if (node !== undefined) new NestedCollector(this).visit(node, scope);
  }
}

/** Collects names where the context is no longer the expression's own, so that only variables count. */
class NestedCollector extends NameCollector {
  constructor(outer: NameCollector) {
    super();
    Object.defineProperty(this, 'variables', { value: outer.variables });
  }
}

/** Names that a step of a path binds for the steps after it: `a@$l#$i`. */
function bindsOf(step: SyntaxNode, scope: Scope): Scope {
  const bound = [step.focus, step.index].filter((name) => name !== undefined);
  return bound.length === 0 ? scope : new Set([...scope, ...bound]);
}

function boundName(node: SyntaxNode): string {
  return String(flatten(node.lhs)[0]?.value ?? '');
}

/** The plain field names right after a variable; none when a predicate stands between, since it may give a list. */
function plainFields(first: SyntaxNode, steps: readonly SyntaxNode[]): string[] {
  if (first.predicate !== undefined || first.stages !== undefined) return [];
  const end = steps.findIndex((step) => step.type !== 'name');
  return (end < 0 ? steps : steps.slice(0, end)).map((step) => String(step.value));
}

function asList(part: SyntaxNode['arguments']): readonly SyntaxNode[] {
  return part ?? [];
}

function flatten(part: SyntaxNode['lhs']): readonly SyntaxNode[] {
  if (part === undefined) return [];
  return 'type' in part ? [part] : part.flat();
}
