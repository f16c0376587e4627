import type { Json, JsonObject } from '#core/json.ts';
import type { Template } from './template.ts';

/** The values of parameters, with the defaults of those that are not given. */
export function withDefaults({ properties }: Template, values: JsonObject): JsonObject {
  const defaults = Object.entries(properties).flatMap(([name, schema]) => {
    const value = schema['default'];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(defaults), ...values };
}

/** Values to try a template with: of each parameter its default, else its first example, else the first that it can be. */
export function sampleValues({ properties }: Template): JsonObject {
  const samples = Object.entries(properties).flatMap(([name, schema]) => {
    const value = sampleOf(schema);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(samples);
}

function sampleOf({ default: byDefault, examples, const: only, enum: values }: JsonObject): Json | undefined {
  return [byDefault, firstOf(examples), only, firstOf(values)].find((value) => value !== undefined);
}

function firstOf(list: Json | undefined): Json | undefined {
  return Array.isArray(list) ? list[0] : undefined;
}
