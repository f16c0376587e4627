import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { parseExpression } from '#expression/parse.ts';
import type { SyntaxNode } from '#expression/syntax-node.ts';

/** What of an event a wait wants to be equal to something: `$event.door = $input.door`. Others need not be looked at. */
export interface Correlation {
  /** Fields from the event inwards; none for the event itself. */
  readonly path: readonly string[];
  readonly value: Scalar;
}

type Scalar = string | number | boolean | null;

/**
 * The first equality that has to hold for `where` to: one of a field of `$event` with a literal, or with a value that is known
 * now. Undefined where there is none, so that every event of the name has to be looked at.
 */
export function correlationOf(where: string | undefined, bindings: JsonObject): Correlation | undefined {
  if (where === undefined) return undefined;
  for (const [one, other] of equalities(parseExpression(where).tree)) {
    const found = correlate(one, other, bindings) ?? correlate(other, one, bindings);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Equality = readonly [SyntaxNode, SyntaxNode];

/** The equalities that are all demanded: those of `a = b and c = d`. */
function equalities({ type, value, lhs, rhs, expressions = [] }: SyntaxNode): readonly Equality[] {
  const [only, ...more] = expressions;
  if (type === 'block' && only !== undefined && more.length === 0) return equalities(only);
  if (type !== 'binary' || !isNode(lhs) || !isNode(rhs)) return [];
  if (value === 'and') return [...equalities(lhs), ...equalities(rhs)];
  return value === '=' ? [[lhs, rhs]] : [];
}

function isNode(side: SyntaxNode['lhs']): side is SyntaxNode {
  return side !== undefined && !Array.isArray(side);
}

function correlate(field: SyntaxNode, other: SyntaxNode, bindings: JsonObject): Correlation | undefined {
  const path = plainPath(field);
  if (path?.[0] !== 'event') return undefined;
  const found = knownValue(other, bindings);
  return found === undefined ? undefined : { path: path.slice(1), value: found };
}

function knownValue(node: SyntaxNode, bindings: JsonObject): Scalar | undefined {
  if (['string', 'number', 'value'].includes(node.type)) return isScalar(node.value) ? node.value : undefined;
  const path = plainPath(node);
  if (path === undefined || path[0] === 'event') return undefined;
  const found = valueAt(bindings, path);
  return found.kind === 'scalar' ? found.value : undefined;
}

/** The names of `$name.field.field`; undefined for whatever else, such as what filters or sorts. */
function plainPath(node: SyntaxNode): readonly string[] | undefined {
  const steps = node.type === 'path' ? (node.steps ?? []) : [node];
  const isPlain = steps.every(
    ({ type, stages, predicate, group, focus, index }, at) =>
      type === (at === 0 ? 'variable' : 'name') &&
      [stages, predicate, group, focus, index].every((one) => one === undefined),
  );
  if (!isPlain || node.group !== undefined) return undefined;
  const names = steps.map(({ value }) => value);
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

/** What stands at a path. `unclear`: where a list is on the way, expressions look at each of its entries. */
export type Found =
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | { readonly kind: 'nothing' | 'unclear' };

/** What stands in a value at a path. */
export function valueAt(value: Json | undefined, path: readonly string[]): Found {
  if (value === undefined) return { kind: 'nothing' };
  if (Array.isArray(value)) return { kind: 'unclear' };
  const [name, ...rest] = path;
  if (name === undefined) return isScalar(value) ? { kind: 'scalar', value } : { kind: 'nothing' };
  if (!isJsonObject(value)) return { kind: 'nothing' };
  return valueAt(Object.hasOwn(value, name) ? value[name] : undefined, rest);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** A short name of a path in keys. */
export function pathKey(path: readonly string[]): string {
  return hash(JSON.stringify(path));
}

/** A short name of a value in keys; the number 1 and the text "1" have different ones, as they are not equal. */
export function valueKey(value: Scalar): string {
  return hash(JSON.stringify(value));
}

/** Long enough that two are not the same by chance. */
const KEY_LENGTH = 22;

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, KEY_LENGTH);
}
