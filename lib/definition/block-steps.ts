/** The steps that hold steps, as `model.ts` has the others. */
import type { Fallible, Step, StepBase, Work } from './model.ts';
import type {
  Claim,
  Health,
  OnExceeded,
  PoolUnits,
  Rate,
  Tolerance,
  Watch,
  Wave,
  Window,
} from './step-parts.ts';

/** A branch of a `choose`; without condition it is the else. */
export interface ChooseBranch {
  readonly if: string | undefined;
  readonly steps: readonly Step[];
}

/** Runs the first branch whose condition is true. */
export interface ChooseStep extends StepBase {
  readonly kind: 'choose';
  readonly branches: readonly ChooseBranch[];
}

/** Runs branches side by side. */
export interface ParallelStep extends StepBase, Fallible, Work {
  readonly kind: 'parallel';
  /** How long it may take; undefined for as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly branches: Readonly<Record<string, readonly Step[]>>;
}

/** Items in waves, each begun when the one before is through. */
export interface Waves {
  readonly sizes: readonly Wave[];
  /** How long is waited after a wave; 0: not at all. */
  readonly soakMs: number;
  /** What must hold then; undefined: nothing. */
  readonly health: Health | undefined;
  /** What is done after a wave, before the next; empty: nothing. The last of them is the approval, where one is asked for. */
  readonly between: readonly Step[];
}

/** Runs its steps for each item. */
export interface ForEachStep extends StepBase, Fallible, Work {
  readonly kind: 'forEach';
  /** How long it may take; undefined for as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** Expression that gives the items, without delimiters. */
  readonly items: string;
  /** Name of the item. */
  readonly as: string;
  readonly maxConcurrency: number | undefined;
  readonly tolerate: Tolerance | undefined;
  readonly onExceeded: OnExceeded;
  /** Undefined: all items in one wave. */
  readonly waves: Waves | undefined;
  /** Undefined: others may run on the same devices. */
  readonly claim: Claim | undefined;
  /** Undefined: iterations begin at any time. */
  readonly window: Window | undefined;
  /** Undefined: they begin as fast as they can. */
  readonly rate: Rate | undefined;
  /** Undefined: devices that join later are left alone. */
  readonly watch: Watch | undefined;
  readonly steps: readonly Step[];
}

/** Runs its steps again and again while a condition holds. */
export interface WhileStep extends StepBase, Fallible, Work {
  readonly kind: 'while';
  /** How long it may take; undefined for as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** Without delimiters. */
  readonly condition: string;
  /** Undefined where the author wrote none, which validation refuses. */
  readonly maxIterations: number | undefined;
  readonly steps: readonly Step[];
}

/** Runs its steps while holding units of pools. */
export interface LockStep extends StepBase, Fallible, Work {
  readonly kind: 'lock';
  readonly pools: PoolUnits;
  /** How long it stands in line at most. */
  readonly timeoutMs: number | undefined;
  /** Who has more goes first in line; undefined for the usual one. */
  readonly priority: number | undefined;
  /** By what those of one priority take turns; may hold an expression. */
  readonly key: string | undefined;
  readonly steps: readonly Step[];
}
