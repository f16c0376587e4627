import { JSONPath } from 'jsonpath-plus';
import { isJsonObject, type Json } from '#core/json.ts';
import { holds } from './filter.ts';
import { type JsonPath, type PathPart, parsePath } from './parse-path.ts';
import { JsonPathError } from './path-error.ts';

/** Most values that a path gives. */
const MAX_VALUES = 100_000;

/**
 * The values at a JSONPath, such as `$.sites[*].pumps[0]`, in the order of the document; none where nothing is there. A
 * path reads own fields of JSON values and nothing else, evaluates no code, and ends in bounded time. Throws
 * {@link JsonPathError}.
 */
export function evaluateJsonPath(path: string, value: Json): readonly Json[] {
  let values: readonly Json[] = [value];
  for (const part of parsePath(path).parts) values = step(values, part);
  return values;
}

/**
 * What a path gives in Step Functions: the one value of a definite path, a list for any other. Where a definite path
 * leads nowhere, `missingAt` is how many of its parts could be followed.
 */
export function selectJson(
  path: JsonPath,
  root: Json,
): { readonly value: Json } | { readonly missingAt: number } {
  if (!path.isDefinite) {
    let values: readonly Json[] = [root];
    for (const part of path.parts) values = step(values, part);
    return { value: values };
  }
  let value = root;
  for (const [index, part] of path.parts.entries()) {
    const found = child(value, part);
    if (found === undefined) return { missingAt: index };
    value = found;
  }
  return { value };
}

function step(values: readonly Json[], part: PathPart): readonly Json[] {
  const found: Json[] = [];
  const add = (value: Json): void => {
    if (found.push(value) > MAX_VALUES) {
      throw new JsonPathError(`the path gives more than ${MAX_VALUES} values`, 0);
    }
  };
  for (const value of values) {
    if (part.kind === 'many') findMany(part.text, value, add);
    else if (part.kind === 'filter')
      entriesOf(value)
        .filter((entry) => holds(part.filter, entry))
        .forEach(add);
    else {
      const at = child(value, part);
      if (at !== undefined) add(at);
    }
  }
  return found;
}

function child(value: Json, part: PathPart): Json | undefined {
  switch (part.kind) {
    case 'field':
      return isJsonObject(value) && Object.hasOwn(value, part.name) ? value[part.name] : undefined;
    case 'index':
      return Array.isArray(value) ? value.at(part.index) : undefined;
    case 'length':
      return Array.isArray(value) ? value.length : undefined;
    default:
      return undefined;
  }
}

function entriesOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? [value] : [];
}

function findMany(text: string, value: Json, add: (value: Json) => void): void {
  JSONPath({
    path: `$${text}`,
    json: value,
    eval: false,
    resultType: 'value',
    callback: (found: Json, _type: unknown, { parent, parentProperty }: Place) => {
      if (isJsonField(parent, parentProperty)) add(found);
    },
  });
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
