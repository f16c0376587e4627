import { StepwrightError } from '#core/error.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Template } from '#definition/template/template.ts';
import { readInputFile } from './read-input.ts';

/**
 * The values of parameters that `--with` gives: `name=value`, where a value is JSON or text, as the parameter takes it; or `@`
 * and the name of a JSON or YAML file of all of them. What comes later counts. Throws SW3020, SW3026.
 */
export async function readParameters(
  given: readonly string[],
  { properties }: Pick<Template, 'properties'>,
): Promise<JsonObject> {
  let values: JsonObject = {};
  for (const text of given) {
    const read = text.startsWith('@') ? await readFile(text.slice(1)) : readPair(text, properties);
    values = { ...values, ...read };
  }
  return values;
}

async function readFile(file: string): Promise<JsonObject> {
  const values = await readInputFile(file);
  if (isJsonObject(values)) return values;
  throw noParameters(`${file} holds no parameters by name`);
}

function readPair(text: string, properties: Template['properties']): JsonObject {
  const [, name, value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw noParameters(`--with ${text} names no parameter`);
  return { [name]: properties[name]?.['type'] === 'string' ? value : jsonOrText(value) };
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function noParameters(message: string): StepwrightError {
  const hint = 'write --with site=berlin, or --with @file.json';
  return new StepwrightError({ code: 'SW3026', kind: 'invalid', message, hint });
}
