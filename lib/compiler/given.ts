import { fieldOf, objectText } from './text.ts';

/** Where a child execution finds its own input, wherever in it an expression stands. */
const CHILD_INPUT = '$states.context.Execution.Input';

/** What of a value is read: some of its fields, or all of it. */
export type Reads = ReadonlySet<string> | 'all';

/** What a child execution is given of what is around it, so that its expressions can read it. */
export interface Given {
  /** Fields of the workflow's input that are read; undefined: none. */
  input?: Reads | undefined;
  /** Whether anybody asks when the execution was started. */
  startedAt: boolean;
  /** Variables of steps around, by name. */
  readonly outer: Map<string, Reads>;
}

/** Texts by which a child execution reads what it was given. */
export const GIVEN = {
  execution: `${CHILD_INPUT}.execution`,
  startedAt: `${CHILD_INPUT}.startedAt`,
  input: `${CHILD_INPUT}.input`,
  outer: (variable: string): string => `${CHILD_INPUT}.outer.${fieldOf(variable)}`,
} as const;

/** Adds to what is read of a value. */
export function alsoRead(known: Reads | undefined, fields: readonly string[] | undefined): Reads {
  if (known === 'all' || fields === undefined) return 'all';
  return new Set([...(known ?? []), ...fields]);
}

/** Text of a value with no more of it than is read. Of an array, fields are those of its entries: it is given whole. */
export function partOf(text: string, reads: Reads): string {
  if (reads === 'all') return text;
  const fields = [...reads].sort().map((field) => [field, `${text}.${fieldOf(field)}`]);
  return `$type(${text}) = 'object' ? ${objectText(Object.fromEntries(fields))} : ${text}`;
}
