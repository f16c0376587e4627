import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import { selectJson } from './evaluate-path.ts';
import { type JsonPath, parsePath } from './parse-path.ts';

/** What paths of a state see. */
export interface PathScope {
  /** `$`. */
  readonly input: Json;
  /** `$$`, the context object. */
  readonly context: Json;
  /** `$name`. */
  readonly variables: JsonObject;
  /** What `States.MathRandom` and `States.UUID` draw from. */
  readonly random: Random;
}

/** A path that leads nowhere in what it is evaluated on. */
export class PathNotFound extends Error {
  override readonly name = 'PathNotFound';
  /** The path as it is written. */
  readonly path: string;

  /** `reason` is said in the words that Step Functions uses. */
  constructor(path: string, reason: string) {
    super(reason);
    this.path = path;
  }
}

/** A path, and what it begins at: the input, the context object, or a variable. */
interface Reference {
  readonly from: 'input' | 'context' | { readonly variable: string };
  readonly path: JsonPath;
}

const VARIABLE = /^\$([\p{L}_][\p{L}\p{N}_]*)/u;

/** Reads a path that begins with `$`, `$$` or the name of a variable. Throws JsonPathError. */
export function parseReference(text: string): Reference {
  if (text.startsWith('$$')) return { from: 'context', path: parsePath(text.slice(1)) };
  const [whole, variable] = VARIABLE.exec(text) ?? [];
  if (whole === undefined || variable === undefined) return { from: 'input', path: parsePath(text) };
  return { from: { variable }, path: parsePath(`$${text.slice(whole.length)}`) };
}

/** The value at a path. Throws JsonPathError where it is none, and {@link PathNotFound} where it leads nowhere. */
export function resolveReference(text: string, scope: PathScope): Json {
  const { from, path } = parseReference(text);
  const root = rootOf(from, scope);
  if (root === undefined) throw new PathNotFound(text, `No results for path: ${text}`);
  const found = selectJson(path, root);
  if ('value' in found) return found.value;
  const isLast = found.missingAt === path.parts.length - 1;
  const reached = path.parts
    .slice(0, found.missingAt + 1)
    .map((part) =>
      part.kind === 'index' ? `[${part.index}]` : part.kind === 'field' ? `['${part.name}']` : '.length()',
    )
    .join('');
  throw new PathNotFound(text, `${isLast ? 'No results for path:' : 'Missing property in path'} $${reached}`);
}

function rootOf(from: Reference['from'], scope: PathScope): Json | undefined {
  if (from === 'input') return scope.input;
  if (from === 'context') return scope.context;
  const { variables } = scope;
  return Object.hasOwn(variables, from.variable) ? variables[from.variable] : undefined;
}

/**
 * Puts a value where a Reference Path leads, as `ResultPath` does: objects on the way are made where they are missing.
 * Undefined where something on the way is no object, or no such entry of a list.
 */
export function placeAt(path: JsonPath, root: Json, value: Json): Json | undefined {
  return place(
    path.parts.map((part) => part),
    root,
    value,
  );
}

function place(parts: JsonPath['parts'], root: Json | undefined, value: Json): Json | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  if (part.kind === 'field') {
    if (root !== undefined && !isJsonObject(root)) return undefined;
    const own = root !== undefined && Object.hasOwn(root, part.name) ? root[part.name] : undefined;
    const placed = place(rest, own, value);
    return placed === undefined ? undefined : withField(root ?? {}, part.name, placed);
  }
  if (part.kind !== 'index' || !Array.isArray(root) || part.index < 0 || part.index >= root.length)
    return undefined;
  const placed = place(rest, root[part.index], value);
  return placed === undefined ? undefined : root.with(part.index, placed);
}

/** A field named `__proto__` is a field like any other. */
function withField(object: JsonObject, name: string, value: Json): JsonObject {
  return Object.fromEntries([...Object.entries(object).filter(([key]) => key !== name), [name, value]]);
}
