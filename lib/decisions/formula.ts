import type { Json } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { type FreeVariable, parseExpression } from '#expression/parse.ts';
import { decisionFault } from './fault.ts';
import { type Names, type Native, NOT_PLAIN, toNative } from './native.ts';
import type { InputPath } from './reads.ts';
import { type Steps, settled } from './steps.ts';

/** An expression of a decision, ready to be evaluated. Equal ones of a decision are one, and evaluated once. */
export interface Formula {
  readonly text: string;
  /** Where it stands in the decision, the first time: such as `table.rules.3.when.devices`. */
  readonly place: string;
  /** As a plain function; undefined where it takes JSONata. */
  readonly native: Native | undefined;
  /** The names that it reads from outside, without `$`, with what of each: undefined is all of it. */
  readonly reads: readonly Read[];
  /** What it reads of `$input`. */
  readonly inputs: readonly InputPath[];
  /** Whether it gives the same again, so that it need not be evaluated twice. */
  readonly isPure: boolean;
}

/** A name that is read, and which field of it. */
export interface Read {
  readonly name: string;
  readonly field: string | undefined;
}

/** Functions that give something else each time. */
const IMPURE: readonly string[] = ['random', 'uuid', 'now', 'millis', 'shuffle'];

/** Makes an expression (without delimiters) ready. Throws ExpressionSyntaxError. */
export function compileFormula(text: string, place: string): Formula {
  const { tree, variables } = parseExpression(text);
  const reads = variables
    .filter(({ called }) => !called)
    .map(({ name, fields }): Read => ({ name, field: fields[0] }));
  // `a[]` keeps a list of one value: a mark on the tree that we do not read.
  const native = /\[\s*\]/.test(text) ? undefined : toNative(tree);
  const isPure = !variables.some(({ name }) => IMPURE.includes(name));
  const found = variables.filter(({ name }) => name === 'input');
  const inputs = native === undefined ? inputsOf(text, found) : found.map(({ fields }) => fields);
  return { text, place, native, reads, inputs, isPure };
}

/**
 * What an expression for JSONata reads of the input at most. After `@` and `%` a path comes back to what it has passed, and a name
 * that is bound again hides the one outside: then it is all of the input. What filters, sorts or groups looks at other fields
 * beside those of the path: then it is all of the input's value.
 */
function inputsOf(text: string, found: readonly FreeVariable[]): readonly InputPath[] {
  const written = text.match(/\$input(?!\w)/g)?.length ?? 0;
  const places = new Set(found.map(({ offset }) => offset));
  if (written > places.size || (written > 0 && /[@%]/.test(text))) return [[]];
  return /[[{^|]/.test(text)
    ? found.map(({ fields }) => fields.slice(0, 1))
    : found.map(({ fields }) => fields);
}

/** The value of a formula. Throws Decision.Failed with its place, or Decision.Timeout. */
export function* evaluateFormula(
  formula: Formula,
  names: Names,
  leftMs: () => number,
): Steps<Json | undefined> {
  if (formula.native !== undefined) {
    try {
      return formula.native(names);
    } catch (error) {
      if (error !== NOT_PLAIN) throw error;
    }
  }
  const timeoutMs = leftMs();
  if (timeoutMs <= 0) throw timedOut(formula);
  try {
    return yield* settled(evaluate(formula.text, { bindings: names }, { timeoutMs }));
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    if (leftMs() <= 0) throw timedOut(formula);
    throw decisionFault('Decision.Failed', formula.place, error.message);
  }
}

function timedOut({ place }: Formula): Error {
  return decisionFault('Decision.Timeout', place, 'the time of the decision is over');
}
