import { invalidName } from './faults.ts';

/** White space, brackets, wildcards, special and control characters (CreateStateMachine, `name`). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: names are refused for holding these.
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/;

/** Demands that a name holds what names may. Throws InvalidName. */
export function checkName(name: string): string {
  if (FORBIDDEN.test(name) || /[\ud800-\udfff]/.test(name)) throw invalidName(name);
  return name;
}
