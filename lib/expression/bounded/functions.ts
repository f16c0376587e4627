import jsonata from 'jsonata';
import { FUNCTIONS } from '../functions.ts';
import { Budget, checkLength, OverBudget, weigh } from './budget.ts';
import { distinct, sort, spread } from './linear.ts';
import { Turns } from './turns.ts';

/** What jsonata calls its functions on. */
export interface Focus {
  readonly environment: { readonly base: Evaluation };
}

/** One evaluation, as jsonata has it, and what is ours of it. */
export interface Evaluation {
  /** Throws when the time is up. */
  guardrails(): void;
  /** Its own time, where it takes long. */
  [TURNS]?: Turns;
  [BUDGET]?: Budget;
}

const TURNS = Symbol('turns');
const BUDGET = Symbol('budget');

type Implementation = (this: Focus, ...args: unknown[]) => unknown;

/** A function as jsonata keeps it. */
interface NativeFunction {
  readonly _jsonata_function: true;
  readonly implementation: Implementation;
}

/** Time that an evaluation takes for itself, at most so many ms: its functions look at it, too. */
export function turnsOf(evaluation: Evaluation, limitMs: number): Turns {
  evaluation[TURNS] ??= new Turns(limitMs);
  return evaluation[TURNS];
}

/** Text and picture of a date or number: jsonata makes a backtracking pattern of the picture. */
const MAX_PICTURE = 64;

/** What takes more than its arguments, or turns back on itself: looked at before it is called. */
const CHECKS: Readonly<Record<string, (args: readonly unknown[]) => void>> = {
  pad: ([text, width]) => checkLength(Math.max(lengthOf(text), Math.abs(Number(width) || 0))),
  join: ([texts, separator]) => {
    const list = Array.isArray(texts) ? texts : [texts];
    checkLength(list.reduce<number>((sum, text) => sum + lengthOf(text) + lengthOf(separator), 0));
  },
  zip: (lists) => {
    const shortest = Math.min(...lists.map((list) => (Array.isArray(list) ? list.length : 0)));
    if (shortest * lists.length > MAX_ZIPPED) throw new OverBudget('$zip makes too much');
  },
  toMillis: checkPicture,
  parseInteger: checkPicture,
  formatInteger: checkPicture,
  fromMillis: checkPicture,
  formatNumber: checkPicture,
};

const MAX_ZIPPED = 1_000_000;

function checkPicture(args: readonly unknown[]): void {
  const longest = Math.max(...args.map((arg) => (typeof arg === 'string' ? arg.length : 0)));
  if (args.length > 1 && longest > MAX_PICTURE) {
    throw new OverBudget(`a picture, and what it is laid on, has at most ${MAX_PICTURE} characters`);
  }
}

function lengthOf(text: unknown): number {
  return typeof text === 'string' ? text.length : 0;
}

/** Those of jsonata that take time by the square of their list. */
const LINEAR: Readonly<Record<string, Implementation>> = { distinct, sort, spread };

/**
 * The functions of jsonata, and its operators `&` and `=` as functions, within bounds: each looks at the time, and at how much it is given and makes. They keep
 * their signatures.
 */
export async function boundedFunctions(): Promise<Readonly<Record<string, unknown>>> {
  const functions: Record<string, unknown> = {};
  for (const name of FUNCTIONS) {
    if (OF_EACH.has(name)) continue;
    // The expression "$name" gives the function itself.
    const native: unknown = await jsonata(`$${name}`).evaluate(null);
    if (isNative(native)) functions[name] = bounded(name, native);
  }
  const text: unknown = await jsonata('$string').evaluate(null);
  if (isNative(text)) Object.assign(functions, operators(text));
  return functions;
}

/** Every expression has these of its own. */
const OF_EACH: ReadonlySet<string> = new Set(['now', 'millis']);

function isNative(value: unknown): value is NativeFunction {
  return typeof value === 'object' && value !== null && '_jsonata_function' in value;
}

function bounded(name: string, native: NativeFunction): NativeFunction {
  const call = LINEAR[name] ?? native.implementation;
  const check = CHECKS[name];
  function implementation(this: Focus, ...args: unknown[]): unknown {
    const { base } = this.environment;
    begin(base, args);
    check?.(args);
    const result = call.apply(this, args);
    return result instanceof Promise ? result.then((value) => counted(base, value)) : counted(base, result);
  }
  // jsonata reads from it what `$map` and the like are to give, and what a partial call leaves open.
  Object.defineProperties(implementation, {
    length: { value: native.implementation.length },
    toString: { value: () => native.implementation.toString() },
  });
  return { ...native, implementation };
}

/** Time, and what is given. */
function begin(evaluation: Evaluation, args: readonly unknown[]): void {
  const own = evaluation[TURNS];
  if (own === undefined) evaluation.guardrails();
  else own.check();
  for (const arg of args) {
    if (typeof arg === 'string') checkLength(arg.length);
    else weigh(arg);
  }
}

/** What is given back. */
function counted<T>(evaluation: Evaluation, value: T): T {
  if (typeof value === 'string' || (typeof value === 'object' && value !== null)) {
    evaluation[BUDGET] ??= new Budget();
    evaluation[BUDGET].spend(value);
  }
  return value;
}

/** Operators of {@link boundOperators}, under names that no expression can write. */
function operators(text: NativeFunction): Record<string, NativeFunction> {
  const toText = (focus: Focus, value: unknown): string =>
    value === undefined ? '' : String(text.implementation.call(focus, value));
  return {
    '&': native(function concat(left, right) {
      begin(this.environment.base, [left, right]);
      return counted(this.environment.base, toText(this, left) + toText(this, right));
    }),
    '[]': native(function keep(value) {
      begin(this.environment.base, []);
      return counted(this.environment.base, value);
    }),
  };
}

function native(implementation: Implementation): NativeFunction {
  return { _jsonata_function: true, implementation };
}
