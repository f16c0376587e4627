import type { Json } from '#core/json.ts';

/** Why a decision came out as it did. */
export interface Trace {
  readonly decision: string;
  readonly version: string;
  readonly output: Json;
  /** Of a table: the rules that held, in their order. */
  readonly rules?: readonly HeldRule[];
  /** Of a table: whether no rule held, and its `otherwise` was given. */
  readonly otherwise?: boolean;
  /** Of a table, where it is asked for: the first cell of each other rule that does not hold. */
  readonly others?: readonly OtherRule[];
  /** How many more there are than told in `others`. */
  readonly moreOthers?: number;
  /** Of a tree: the branches that were taken, from the outermost to the innermost. */
  readonly branches?: readonly TakenBranch[];
  /** The names of the reference data that was read. */
  readonly data?: readonly string[];
  /** The decisions that it went by, by the name they have in it. */
  readonly decisions?: Readonly<Record<string, Trace>>;
}

/** A rule that held. */
export interface HeldRule {
  /** From 1, as in the file. */
  readonly rule: number;
  readonly note?: string;
}

/** A rule that did not hold, or was not looked at any more. */
export interface OtherRule {
  /** From 1, as in the file. */
  readonly rule: number;
  /** The input whose cell does not hold; undefined when all do, and another rule came first. */
  readonly input?: string;
  /** What the cell asks, as written. */
  readonly cell?: Json;
  readonly value?: Json;
}

/** A branch that was taken. */
export interface TakenBranch {
  /** Such as `tree.0.give.1`. */
  readonly place: string;
  /** Its condition as written; undefined for `else`. */
  readonly if?: string;
}

/** What was decided, and why. */
export interface Answer {
  /** Values by output, a list of them, what a table made of them all, or null when nothing was decided. */
  readonly output: Json;
  readonly trace: Trace;
}
