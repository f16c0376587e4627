import type { DocumentPath } from '#definition/document-path.ts';
import type { SourcedWorkflow } from '../sourced-workflow.ts';

/** A place in the file of a workflow at which units of a pool are taken. */
export interface TakingPlace extends SourcedWorkflow {
  /** The step that takes them; for a concurrency group, what people call it. */
  readonly taker: string;
  readonly path: DocumentPath;
}

/** Units that are held. */
export interface Held {
  readonly pool: string;
  readonly units: number;
  readonly place: TakingPlace;
  /** How many forks are around the step that holds them. */
  readonly depth: number;
}

/**
 * A step, with a run of its own in mind, that lets what is inside run several times at once, or in several branches at once.
 */
export interface Fork {
  /** The same for all that one run of the step lets run. */
  readonly id: string;
  /** The branch; undefined where every run inside is of the same steps. */
  readonly branch: string | undefined;
  /** Whether another branch runs while this one does. */
  isBeside(other: string): boolean;
  /** How many of what is inside run at once, at most. */
  readonly most: number;
}

/** An execution that waits in line for units of a pool, while it holds others. */
export interface Wait {
  readonly pool: string;
  readonly units: number;
  readonly place: TakingPlace;
  /** In the order in which they were taken. */
  readonly held: readonly Held[];
  /** Outermost first. */
  readonly forks: readonly Fork[];
  /** Whether it leaves the line by itself after some time. */
  readonly givesUp: boolean;
}
