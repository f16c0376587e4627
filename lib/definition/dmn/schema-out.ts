import type { JsonObject } from '#core/json.ts';

/** The FEEL type of a schema; undefined where there is none. Null is a value of every type in DMN. */
export function typeOf({ type, format }: JsonObject): string | undefined {
  const kinds = [type].flat().filter((kind) => kind !== 'null' && kind !== undefined);
  const [kind, ...others] = kinds;
  if (kind === undefined) return 'Any';
  if (others.length > 0) return undefined;
  if (kind === 'string') return format === 'date' ? 'date' : 'string';
  if (kind === 'integer') return 'number';
  return kind === 'number' || kind === 'boolean' ? kind : undefined;
}

/** What the values of a schema may be, as tests of DMN; undefined where they may be all of the type. */
export function allowedValues(schema: JsonObject): string | undefined {
  const { enum: values } = schema;
  if (Array.isArray(values)) {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? undefined : known.map((value) => JSON.stringify(value)).join(', ');
  }
  const low = endOf(schema, 'minimum', 'exclusiveMinimum');
  const high = endOf(schema, 'maximum', 'exclusiveMaximum');
  if (low !== undefined && high !== undefined)
    return `${low.isIncluded ? '[' : '('}${low.at}..${high.at}${high.isIncluded ? ']' : ')'}`;
  if (low !== undefined) return `${low.isIncluded ? '>=' : '>'} ${low.at}`;
  return high === undefined ? undefined : `${high.isIncluded ? '<=' : '<'} ${high.at}`;
}

function endOf(schema: JsonObject, included: string, excluded: string) {
  const [within, without] = [schema[included], schema[excluded]];
  if (typeof within === 'number') return { at: within, isIncluded: true };
  return typeof without === 'number' ? { at: without, isIncluded: false } : undefined;
}
