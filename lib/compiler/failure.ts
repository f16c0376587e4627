import type { JsonObject } from '#core/json.ts';
import type { CatchClause, Fallible, Retry, StepBase } from '#definition/model.ts';
import { delimit } from '#expression/delimiters.ts';
import type { Emitting } from './emitting.ts';
import { inside } from './place.ts';
import { defined, KEEP_ENVIRONMENT, type NamedState } from './states.ts';

/** Every error, in States Language. It stands alone in its list. */
export const EVERY_ERROR = 'States.ALL';

/** The fields by which a state tries again and catches, and the states of what is then done about it. */
export interface FailureHandling {
  readonly fields: JsonObject;
  readonly states: readonly NamedState[];
}

/** How a step's failures are handled. */
export function emitFailureHandling(step: StepBase & Fallible, at: Emitting): FailureHandling {
  const handlers = (step.catch ?? []).map((clause) => emitClause(step.id, clause, at));
  const catchers = handlers.map(({ fields }) => fields);
  return {
    fields: defined({
      Retry: retryOf(step.retry),
      Catch: catchers.length === 0 ? undefined : upToEveryError(catchers),
    }),
    states: handlers.flatMap(({ states }) => states),
  };
}

/** Whether a step is tried again at all. */
export function isRetried({ retry }: Fallible): boolean {
  return retry !== undefined && retry.attempts > 1;
}

/** A caught failure as its handlers and later steps see it, from inside the field `Catch`. */
export const CAUGHT = {
  error: delimit('$states.errorOutput.Error'),
  // A timeout has no cause; joined to a text, nothing is the empty text.
  cause: delimit("$states.errorOutput.Cause & ''"),
} as const;

function emitClause(id: string, clause: CatchClause, at: Emitting): FailureHandling {
  if (at.exit.kind !== 'next') throw new Error(`"${id}" is caught, and has no state to go on to`);
  const catcher = (next: string): JsonObject => ({
    ErrorEquals: errorNames(clause.on),
    Assign: { [`${id}__error`]: CAUGHT },
    Output: KEEP_ENVIRONMENT,
    Next: next,
  });
  if (clause.steps.length === 0) return { fields: catcher(at.exit.state), states: [] };
  const place = { ...inside(at.place, id), caught: id };
  const { start, states } = at.emitter.emitList(clause.steps, { ...at, place });
  return { fields: catcher(start), states };
}

/** Catchers after one that takes every error are never reached, and States Language refuses them. */
function upToEveryError(catchers: readonly JsonObject[]): readonly JsonObject[] {
  const last = catchers.findIndex(
    ({ ErrorEquals: names }) => Array.isArray(names) && names.includes(EVERY_ERROR),
  );
  return last < 0 ? catchers : catchers.slice(0, last + 1);
}

/** States Language has whole seconds: delays are rounded up. */
function retryOf(retry: Retry | undefined): readonly JsonObject[] | undefined {
  if (retry === undefined || retry.attempts === 1) return undefined;
  const limit = retry.maxDelayMs === undefined ? Number.POSITIVE_INFINITY : wholeSeconds(retry.maxDelayMs);
  const interval = Math.min(wholeSeconds(retry.delayMs), limit);
  const grows = limit > interval;
  return [
    defined({
      ErrorEquals: errorNames(retry.on),
      IntervalSeconds: interval,
      MaxAttempts: retry.attempts - 1,
      BackoffRate: grows ? retry.backoff : 1,
      MaxDelaySeconds: grows && Number.isFinite(limit) ? limit : undefined,
      JitterStrategy: retry.jitter === 'full' ? 'FULL' : undefined,
    }),
  ];
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

/** A device that keeps silent is a timeout to us, and one to the engine when our own deadline does not come through. */
function errorNames(on: readonly string[] | undefined): readonly string[] {
  if (on === undefined || on.includes(EVERY_ERROR)) return [EVERY_ERROR];
  return on.includes('Device.Timeout') ? [...new Set([...on, 'States.Timeout'])] : on;
}
