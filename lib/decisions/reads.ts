import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** A place in the input: the name of an input, then fields of it. Empty: all of the input. */
export type InputPath = readonly string[];

/** What one evaluation has read of its input, noted while it decides. */
export class Reads {
  /** Whether the same input gives the same again. */
  isPure = true;
  readonly #paths = new Map<string, InputPath>();

  /** Everything that was read. The answer is the same for every input that has the same values there. */
  get paths(): readonly InputPath[] {
    return [...this.#paths.values()];
  }

  note(path: InputPath): void {
    this.#paths.set(JSON.stringify(path), path);
  }

  /** The input as one that notes which of its fields are looked at. */
  watch(input: JsonObject): JsonObject {
    return new Proxy(input, {
      get: (target, name) => {
        if (typeof name !== 'string') return undefined;
        this.note([name]);
        return target[name];
      },
    });
  }
}

/**
 * The values at some places as one text: the same for two inputs only where they have the same values there. A list on the way
 * counts with all that is in it, for expressions look into each of its entries.
 */
export function textAt(input: JsonObject, paths: readonly InputPath[]): string {
  let text = '';
  // A line break stands in no JSON that is written without spaces, and no JSON is a single dash.
  for (const path of paths) text += `${JSON.stringify(valueAt(input, path)) ?? '-'}\n`;
  return text;
}

function valueAt(input: JsonObject, path: InputPath): Json | undefined {
  let value: Json | undefined = input;
  for (const field of path) {
    if (!isJsonObject(value)) return value;
    value = Object.hasOwn(value, field) ? value[field] : undefined;
  }
  return value;
}
