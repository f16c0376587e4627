import type { JsonObject } from '#core/json.ts';
import type { ExecutionRef } from '../engine.ts';

/** The revision of a machine that a new execution takes. */
export interface ChosenRevision {
  /** Names the definition, in {@link Revisions.definition}. */
  readonly revision: string;
  /** Notes that this execution runs it, to its end. Part of the open commit. */
  pin(ref: ExecutionRef): void;
}

/**
 * Machines that change. The engine's own machines never do; here, each change is a revision, and an execution runs the one
 * that it began with. All calls answer at once, from what the engine's own database holds.
 */
export interface Revisions {
  /**
   * What a new execution of a machine runs: the version or alias that `qualifier` names, else the current revision.
   * Undefined where the machine is none that changes.
   */
  choose(machine: string, qualifier: string | undefined): ChosenRevision | undefined;
  /** What an execution runs that has begun; undefined where its machine is none that changes. */
  pinned(ref: ExecutionRef): string | undefined;
  /** What an execution is told of itself in place of what is so: that of a test. Undefined: the truth. */
  context?(ref: ExecutionRef): JsonObject | undefined;
  /** The definition of a revision. */
  definition(revision: string): JsonObject | undefined;
  /**
   * Notes that the engine gets a machine of its own. Part of the open commit. Throws `conflict` when a machine that changes
   * has the name.
   */
  deployed(machine: string, at: number): void;
}
