import * as z from 'zod';

/** The schema of what stands at a path inside a value; undefined where none tells. */
export function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  const [part, ...rest] = path;
  if (schema instanceof z.ZodOptional) return schemaAt(schema.unwrap(), path);
  if (part === undefined) return schema;
  if (schema instanceof z.ZodUnion) {
    return firstDefined(schema.options, (option) => schemaAt(option, path));
  }
  const inner = innerSchema(schema, part);
  return inner === undefined ? undefined : schemaAt(inner, rest);
}

function innerSchema(schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(part)];
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return undefined;
}

function firstDefined<From, To>(
  values: readonly From[],
  find: (value: From) => To | undefined,
): To | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The keys of the object at a path inside a value; none where it is no object of known keys. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const at = schemaAt(schema, path);
  if (at instanceof z.ZodUnion) return [...new Set(at.options.flatMap((option) => keysAt(option, [])))];
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
