import { parseDuration } from '#core/duration.ts';
import type { AlertFile } from '#definition/alert/alert.ts';

/** Who is told, level by level, as written. */
export type Escalation = NonNullable<AlertFile['escalations']>[string];

/** One time that somebody is told. */
export interface EscalationStep {
  /** From when the escalation began, in ms. */
  readonly afterMs: number;
  /** The first is 1. */
  readonly round: number;
  readonly level: number;
  readonly to: readonly string[];
}

/** People are not told again sooner, in ms. */
export const LEAST_REPEAT_MS = 60_000;
/** How long the last level has when nothing is said, in ms. */
const DEFAULT_LAST_MS = 15 * 60_000;
/** Longest escalation, in times that somebody is told: so many fit into the history of one execution. */
const MOST_STEPS = 3_000;

/**
 * Every time that somebody is told until somebody acknowledges, in order. A level goes on until the next begins, the last one for
 * as long as it waited itself, or a quarter of an hour; then comes the next round.
 */
export function escalationSteps({ levels, rounds = 1 }: Escalation): readonly EscalationStep[] {
  const timed = levels.map((level, index) => timeOf(level, levels[index + 1]));
  const steps: EscalationStep[] = [];
  let at = 0;
  for (let round = 1; round <= rounds; round++) {
    for (const [index, { afterMs, forMs, repeatMs, to, isLast }] of timed.entries()) {
      at += afterMs;
      for (let after = 0; after === 0 || after < forMs; after += repeatMs) {
        steps.push({ afterMs: at + after, round, level: index + 1, to });
        if (steps.length >= MOST_STEPS) return steps;
      }
      if (isLast) at += forMs;
    }
  }
  return steps;
}

type Level = Escalation['levels'][number];

function timeOf({ after, repeat, to }: Level, next: Level | undefined) {
  const afterMs = parseDuration(after ?? '') ?? 0;
  const lastMs = after === undefined ? DEFAULT_LAST_MS : afterMs;
  return {
    ...{ afterMs, to, isLast: next === undefined },
    forMs: next === undefined ? lastMs : (parseDuration(next.after ?? '') ?? 0),
    repeatMs: Math.max(LEAST_REPEAT_MS, parseDuration(repeat ?? '') ?? Number.POSITIVE_INFINITY),
  };
}
