import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { DocumentPath } from '../document-path.ts';
import type { Finding } from '../source.ts';
import { type Arguments, fillKey, fillText, type TextFault } from './fill-text.ts';
import type { Template } from './template.ts';

/** What is wrong with a placeholder, or with the value that goes there. */
export interface Fault {
  /** Of the text that holds it, from the workflow on. */
  readonly path: DocumentPath;
  /** How far into the text, in characters; `key` where it is a key. */
  readonly at: number | 'key';
  readonly finding: Finding;
}

/**
 * The workflow of a template with values in the place of its placeholders, and what is wrong with them. A key whose value is
 * a parameter without value is left out. No value becomes code, whatever is in it.
 */
export function fillTemplate(
  { workflow, properties }: Template,
  values: JsonObject,
): { readonly workflow: JsonObject; readonly faults: readonly Fault[] } {
  const filler = new Filler({ properties, values });
  return { workflow: filler.map(workflow, []), faults: filler.faults };
}

class Filler {
  readonly faults: Fault[] = [];
  readonly #given: Arguments;

  constructor(given: Arguments) {
    this.#given = given;
  }

  map(map: JsonObject, path: DocumentPath): JsonObject {
    const filled = new Map<string, Json>();
    for (const [written, entry] of Object.entries(map)) {
      const at = [...path, written];
      const { value: key, faults } = fillKey(written, this.#given);
      for (const { finding } of faults) this.faults.push({ path: at, at: 'key', finding });
      if (filled.has(key)) this.faults.push({ path: at, at: 'key', finding: twice(key) });
      const value = this.#value(entry, at);
      if (value !== undefined) filled.set(key, value);
    }
    return Object.fromEntries(filled);
  }

  #value(value: Json, path: DocumentPath): Json | undefined {
    if (typeof value === 'string') {
      const filled = fillText(value, isBareExpression(path), this.#given);
      this.#note(path, filled.faults);
      return filled.value;
    }
    if (Array.isArray(value)) return value.map((entry: Json, at) => this.#entry(entry, [...path, at]));
    return isJsonObject(value) ? this.map(value, path) : value;
  }

  /** An entry of a list is not left out: those after it would change their places. */
  #entry(entry: Json, path: DocumentPath): Json {
    const value = this.#value(entry, path);
    if (value === undefined) this.#note(path, [{ offset: 0, finding: MISSING_ENTRY }]);
    return value ?? null;
  }

  #note(path: DocumentPath, faults: readonly TextFault[]): void {
    this.faults.push(...faults.map(({ offset, finding }) => ({ path, at: offset, finding })));
  }
}

/** `where` of a `devices` step is an expression without delimiters. */
function isBareExpression(path: DocumentPath): boolean {
  const [step, kind, field] = path.slice(-3);
  return typeof step === 'number' && kind === 'devices' && field === 'where';
}

const MISSING_ENTRY: Finding = {
  code: 'SW1803',
  message: 'an entry of a list has no value',
  hint: 'give the parameter a default, or name it under "required"',
};

function twice(key: string): Finding {
  return { code: 'SW1006', message: `with these values, "${key}" stands twice in the same map` };
}
