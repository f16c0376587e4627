import { alsoRead, GIVEN, type Given } from './given.ts';
import { executionAround, failureScope, type Scope } from './scope.ts';
import { fieldOf } from './text.ts';

/**
 * How the variables of steps are named from anywhere in the machine. It remembers which of them are read from outside
 * the scope they live in, so that a scope brings out those and no others; for this, states are emitted from the last to
 * the first, readers before what they read.
 */
export interface References {
  /**
   * Text that reads a variable of a step (`flash` or `flash__error`) from a scope; `fields` are those of its fields that are
   * read, undefined for all of it.
   */
  read(variable: string, from: Scope, fields?: readonly string[]): string;
  /** Text that reads the workflow's input from a scope. */
  readInput(from: Scope, fields?: readonly string[]): string;
  /** Text that reads when the execution was started. */
  readStart(from: Scope): string;
  /** What is read from inside a scope that is an execution of its own, and has to be given to it. */
  givenTo(scope: Scope): Given;
  /** Variables that are read from outside the innermost level of a scope, in the order in which their steps can run. */
  broughtOutOf(scope: Scope): readonly string[];
}

/** References over the scopes in which the steps' variables live. */
export function createReferences(scopes: ReadonlyMap<string, Scope>): References {
  const broughtOut = new Map<string, Set<string>>();
  const given = new Map<string, Given>();
  const givenTo = (scope: Scope): Given => {
    const key = scope.at(-1)?.key ?? '';
    const known = given.get(key) ?? { startedAt: false, outer: new Map() };
    given.set(key, known);
    return known;
  };
  const ranks = new Map([...scopes.keys()].map((id, index) => [id, index]));
  const rankOf = (variable: string): number => ranks.get(stepOf(variable)) ?? 0;
  return {
    read(variable, from, fields) {
      const home = homeOf(variable, scopes);
      const shared = sharedLevels(home, from);
      const execution = executionAround(from);
      if (execution.length > shared) {
        const { outer } = givenTo(execution);
        outer.set(variable, alsoRead(outer.get(variable), fields));
        return GIVEN.outer(variable);
      }
      const crossed = home.slice(shared);
      for (const { key } of crossed) broughtOut.set(key, (broughtOut.get(key) ?? new Set()).add(variable));
      const [outermost] = crossed;
      return outermost?.broughtOutBy === undefined
        ? `$${variable}`
        : `$${outermost.broughtOutBy}.${fieldOf(variable)}`;
    },
    readInput(from, fields) {
      const execution = executionAround(from);
      if (execution.length === 0) return '$states.context.Execution.Input';
      const own = givenTo(execution);
      own.input = alsoRead(own.input, fields);
      return GIVEN.input;
    },
    readStart(from) {
      const execution = executionAround(from);
      if (execution.length === 0) return '$states.context.Execution.StartTime';
      givenTo(execution).startedAt = true;
      return GIVEN.startedAt;
    },
    givenTo,
    broughtOutOf(scope) {
      const variables = broughtOut.get(scope.at(-1)?.key ?? '') ?? [];
      return [...variables].toSorted((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
    },
  };
}

function homeOf(variable: string, scopes: ReadonlyMap<string, Scope>): Scope {
  const step = stepOf(variable);
  const scope = scopes.get(step) ?? [];
  return variable.endsWith('__error') ? failureScope(scope, step) : scope;
}

function stepOf(variable: string): string {
  return variable.replace(/__(?:error|vars|last)$/, '');
}

function sharedLevels(left: Scope, right: Scope): number {
  const end = left.findIndex((level, index) => level.key !== right[index]?.key);
  return end < 0 ? left.length : end;
}
