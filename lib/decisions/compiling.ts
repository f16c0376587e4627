import type { JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { checkOf } from '#validation/json-schema.ts';
import { compileFormula, type Formula } from './formula.ts';

/** A decision under compilation: the expressions found so far, of which equal ones are one. */
export class Compiling {
  readonly file: DecisionFile;
  /** How each output is checked. */
  readonly outputs: ReadonlyMap<string, Check>;
  readonly #formulas = new Map<string, Formula>();

  constructor(file: DecisionFile) {
    this.file = file;
    this.outputs = checksOf(file.outputs);
  }

  /** Whether an expression found so far takes JSONata. */
  get takesJsonata(): boolean {
    return [...this.#formulas.values()].some(({ native }) => native === undefined);
  }

  /** An expression (without delimiters) that stands at a place. */
  formula(text: string, place: string): Formula {
    return this.#intern(text, text, place);
  }

  /** An expression over the `$value` of an input: the same text asks something else of another input. */
  cellFormula(text: string, input: string, place: string): Formula {
    return this.#intern(`${input}\n${text}`, text, place);
  }

  #intern(key: string, text: string, place: string): Formula {
    const known = this.#formulas.get(key);
    if (known !== undefined) return known;
    const formula = compileFormula(text, place);
    this.#formulas.set(key, formula);
    return formula;
  }
}

/** Whether a value is of its type. */
export type Check = ReturnType<typeof checkOf>;

/** The checks of inputs or outputs by their names. */
export function checksOf(types: Readonly<Record<string, JsonObject>>): ReadonlyMap<string, Check> {
  return new Map(Object.entries(types).map(([name, schema]) => [name, checkOf(schema)]));
}
