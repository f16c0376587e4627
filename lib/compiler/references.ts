import { failureScope, type Scope } from './scope.ts';
import { fieldOf } from './text.ts';

/**
 * How the variables of steps are named from anywhere in the machine. It remembers which of them are read from outside
 * the scope they live in, so that a scope brings out those and no others; for this, states are emitted from the last to
 * the first, readers before what they read.
 */
export interface References {
  /** Text that reads a variable of a step (`flash` or `flash__error`) from a scope. */
  read(variable: string, from: Scope): string;
  /** Variables that are read from outside the innermost level of a scope, in the order in which their steps can run. */
  broughtOutOf(scope: Scope): readonly string[];
}

/** References over the scopes in which the steps' variables live. */
export function createReferences(scopes: ReadonlyMap<string, Scope>): References {
  const broughtOut = new Map<string, Set<string>>();
  const ranks = new Map([...scopes.keys()].map((id, index) => [id, index]));
  const rankOf = (variable: string): number => ranks.get(stepOf(variable)) ?? 0;
  return {
    read(variable, from) {
      const home = homeOf(variable, scopes);
      const crossed = home.slice(sharedLevels(home, from));
      for (const { key } of crossed) broughtOut.set(key, (broughtOut.get(key) ?? new Set()).add(variable));
      const [outermost] = crossed;
      return outermost?.broughtOutBy === undefined
        ? `$${variable}`
        : `$${outermost.broughtOutBy}.${fieldOf(variable)}`;
    },
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
