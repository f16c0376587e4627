import type { InputPath } from './reads.ts';
import type { Answer } from './trace.ts';

/** An answer that several processes share. */
export interface SharedAnswer {
  readonly answer: Answer;
  /** How long it took to be made, in ms. */
  readonly tookMs: number;
  /** When it was made, and until when it counts. Ms since the Unix epoch. */
  readonly madeAt: number;
  readonly until: number;
}

/** What is counted of a decision's answers. */
export interface AnswerCounts {
  /** Answers that were found in the process that asked. */
  readonly hits: number;
  /** Answers of other processes that were found in the store. */
  readonly sharedHits: number;
  readonly misses: number;
  /** How long the answers took to be made, in ms, that were found. */
  readonly savedMs: number;
  /** How long looking in the store took, in ms, found or not. */
  readonly readMs: number;
  /** How old the answers were, in ms, that were found in the store: all together, and the oldest. */
  readonly ageMs: number;
  readonly oldestMs: number;
}

/** Nothing yet. */
export const NO_COUNTS: AnswerCounts = {
  ...{ hits: 0, sharedHits: 0, misses: 0 },
  ...{ savedMs: 0, readMs: 0, ageMs: 0, oldestMs: 0 },
};

/**
 * Where processes share answers of decisions. A decision is named by its fingerprint, an answer by a text of what it has read.
 * Each call is one to a store, and may take longer than to decide.
 */
export interface SharedAnswers {
  /** The sets of places by which answers of the decision are kept, at most so many as are ever tried. */
  shapesOf(decision: string): Promise<readonly (readonly InputPath[])[]>;
  find(decision: string, read: string): Promise<SharedAnswer | undefined>;
  keep(decision: string, read: string, answer: SharedAnswer & ReadBy): Promise<void>;
  /** Adds what has been counted since the last time. */
  count(decision: string, counts: AnswerCounts): Promise<void>;
}

/** The places that an answer has read. */
export interface ReadBy {
  readonly paths: readonly InputPath[];
}
