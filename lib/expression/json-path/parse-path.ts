import { type Filter, parseFilter } from './filter.ts';
import { JsonPathError } from './path-error.ts';

/** Longest path, in characters. */
const MAX_PATH_LENGTH = 1_024;
/** Each `..` visits everything below all that the one before it found. */
const MAX_DESCENTS = 2;
const MAX_CACHED = 2_000;

/** One part of a path. */
export type PathPart =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  /** All fields or entries, several of them, a slice, or any of these at whatever depth: as it is written. */
  | { readonly kind: 'many'; readonly text: string }
  /** Those entries for which the condition holds. */
  | { readonly kind: 'filter'; readonly filter: Filter }
  /** `.length()`: how many entries there are. */
  | { readonly kind: 'length' };

/** A path that has been read. */
export interface JsonPath {
  readonly text: string;
  readonly parts: readonly PathPart[];
  /** Whether it names one value; else it gives a list of all that it finds. */
  readonly isDefinite: boolean;
}

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_-]*`;

/** Each alternative of this pattern is one form of a part. Nothing here could be evaluated as code. */
const PART = new RegExp(
  [
    String.raw`(?<length>\.length\(\)$)`,
    String.raw`(?<descent>\.\.(?:\*|${NAME}|(?=\[)))`,
    String.raw`\.(?<name>${NAME})`,
    String.raw`\['(?<single>(?:[^'\\]|\\.)*)'\]`,
    String.raw`\["(?<double>(?:[^"\\]|\\.)*)"\]`,
    String.raw`\[(?<index>-?\d{1,9})\]`,
    String.raw`(?<many>\.\*|\[(?:\*|-?\d{1,9}(?:,-?\d{1,9})+|(?:-?\d{1,9})?:(?:-?\d{1,9})?(?::\d{1,9})?)\]|\['[^'\\\x60^~@()]*'(?:,'[^'\\\x60^~@()]*')+\])`,
    String.raw`\[\?\((?<filter>(?:[^'()\[\]]|'[^'\\]*'|\[(?:\d{1,9}|'[^'\\]*')\])*)\)\]`,
  ].join('|'),
  'uy',
);

/** Names that mean nothing else to the library that finds them at any depth. */
const PLAIN_NAME = /^[^'\\\x60^~@()]*$/;

const cache = new Map<string, JsonPath>();

/** Reads a path, such as `$.sites[*].pumps[0]`. Throws {@link JsonPathError} for what is none. */
export function parsePath(text: string): JsonPath {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (text.length > MAX_PATH_LENGTH) {
    throw new JsonPathError(`the path is longer than ${MAX_PATH_LENGTH} characters`, 0);
  }
  if (!text.startsWith('$')) throw new JsonPathError('a path begins with $', 0);
  const parts = readParts(text);
  const path = { text, parts, isDefinite: parts.every(isDefinite) };
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, path);
  return path;
}

function readParts(text: string): readonly PathPart[] {
  const parts: PathPart[] = [];
  let descents = 0;
  for (let at = 1; at < text.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (match === null) throw new JsonPathError(faultAt(text, at), at);
    const part = partOf(match, at);
    if (match.groups?.['descent'] !== undefined && ++descents > MAX_DESCENTS) {
      throw new JsonPathError(`a path has at most ${MAX_DESCENTS} of ..`, at);
    }
    parts.push(part);
  }
  return joinDescents(parts);
}

function partOf({ 0: whole, groups = {} }: RegExpExecArray, at: number): PathPart {
  const { length, index, filter } = groups;
  const name =
    groups['name'] ?? groups['single']?.replaceAll("\\'", "'") ?? groups['double']?.replaceAll('\\"', '"');
  if (length !== undefined) return { kind: 'length' };
  if (name !== undefined) return { kind: 'field', name };
  if (index !== undefined) return { kind: 'index', index: Number(index) };
  if (filter !== undefined) return { kind: 'filter', filter: parseFilter(filter, at + '[?('.length) };
  return { kind: 'many', text: whole };
}

/** `..[0]` stands as `..` and `[0]`, and is one part. */
function joinDescents(parts: readonly PathPart[]): readonly PathPart[] {
  const joined: PathPart[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (before?.kind === 'many' && before.text === '..') {
      joined[joined.length - 1] = { kind: 'many', text: `..${textOf(part)}` };
    } else {
      joined.push(part);
    }
  }
  return joined;
}

function textOf(part: PathPart): string {
  if (part.kind === 'many') return part.text;
  if (part.kind === 'index') return `[${part.index}]`;
  if (part.kind === 'field' && PLAIN_NAME.test(part.name)) return `['${part.name}']`;
  throw new JsonPathError('after .. comes a plain field or an index', 0);
}

function isDefinite({ kind }: PathPart): boolean {
  return kind === 'field' || kind === 'index' || kind === 'length';
}

function faultAt(path: string, at: number): string {
  const isCode = /^\.{0,2}\[\??\s*\(|^\.{0,2}\[\?/.test(path.slice(at));
  return isCode
    ? 'scripts are not evaluated, and a filter compares fields with constants, such as [?(@.speed > 3)]'
    : `"${path.slice(at, at + 20)}" is no part of a path`;
}
