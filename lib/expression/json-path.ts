import { JSONPath } from 'jsonpath-plus';
import type { Json } from '#core/json.ts';

/** Longest path, in characters. */
const MAX_PATH_LENGTH = 1_024;
/** Each `..` visits everything below all that the one before it found. */
const MAX_DESCENTS = 2;
/** Most values that a path gives. */
const MAX_VALUES = 100_000;

/** Why a path cannot be evaluated, and where in its text. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
  /** Characters from the start of the path. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * One part of a path: a field, all fields or entries, entries by index or slice, or any of these at whatever depth. There is
 * nothing here that could be evaluated: filters and scripts, `[?(…)]` and `[(…)]`, are no parts of a path.
 */
const PART = new RegExp(
  [
    String.raw`\.\.(?:\*|[\p{L}_][\p{L}\p{N}_-]*|(?=\[))`,
    String.raw`\.(?:\*|[\p{L}_][\p{L}\p{N}_-]*)`,
    String.raw`\[(?:\*|-?\d{1,9}(?:,-?\d{1,9})*|(?:-?\d{1,9})?:(?:-?\d{1,9})?(?::\d{1,9})?)\]`,
    String.raw`\['[^'\\\x60^~@()]*'(?:,'[^'\\\x60^~@()]*')*\]`,
  ].join('|'),
  'uy',
);

/**
 * The values at a JSONPath, such as `$.sites[*].pumps[0]`, in the order of the document; none where nothing is there. A
 * path reads own fields of JSON values and nothing else, evaluates no code, and ends in bounded time. Throws
 * {@link JsonPathError}.
 */
export function evaluateJsonPath(path: string, value: Json): readonly Json[] {
  checkPath(path);
  const values: Json[] = [];
  JSONPath({
    path,
    json: value,
    eval: false,
    resultType: 'value',
    callback: (found: Json, _type: unknown, { parent, parentProperty }: Place) => {
      if (!isJsonField(parent, parentProperty)) return;
      if (values.push(found) > MAX_VALUES) {
        throw new JsonPathError(`the path gives more than ${MAX_VALUES} values`, 0);
      }
    },
  });
  return values;
}

/** Where the library has found a value. */
interface Place {
  readonly parent: unknown;
  readonly parentProperty: unknown;
}

/** The library also reads the `length` of lists and texts, which is no field of JSON. */
function isJsonField(parent: unknown, property: unknown): boolean {
  if (typeof parent === 'string') return false;
  return property !== 'length' || !Array.isArray(parent);
}

function checkPath(path: string): void {
  if (path.length > MAX_PATH_LENGTH) {
    throw new JsonPathError(`the path is longer than ${MAX_PATH_LENGTH} characters`, 0);
  }
  if (!path.startsWith('$')) throw new JsonPathError('a path begins with $', 0);
  let descents = 0;
  for (let at = 1; at < path.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const [part] = PART.exec(path) ?? [];
    if (part === undefined) throw new JsonPathError(faultAt(path, at), at);
    if (part.startsWith('..') && ++descents > MAX_DESCENTS) {
      throw new JsonPathError(`a path has at most ${MAX_DESCENTS} of ..`, at);
    }
  }
}

function faultAt(path: string, at: number): string {
  const isCode = /^\.{0,2}\[\??\s*\(|^\.{0,2}\[\?/.test(path.slice(at));
  return isCode
    ? 'filters and scripts are not evaluated'
    : `"${path.slice(at, at + 20)}" is no part of a path`;
}
