import { RUNTIME_ERRORS } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import type { CatchClause, Fallible, StepBase } from '#definition/model.ts';
import type { Retry } from '#definition/step-parts.ts';
import { delimit } from '#expression/delimiters.ts';
import type { Emitting } from './emitting.ts';
import { inside } from './place.ts';
import { releaseState } from './release.ts';
import { defined, KEEP_ENVIRONMENT, type NamedState } from './states.ts';

/** Every error, in States Language. It stands alone in its list. */
export const EVERY_ERROR = 'States.ALL';

/** The fields by which a state tries again and catches, and the states of what is then done about it. */
export interface FailureHandling {
  readonly fields: JsonObject;
  readonly states: readonly NamedState[];
}

/** How a step's failures are handled. What is held is given back first, and a failure that nobody catches goes on. */
export function emitFailureHandling(step: StepBase & Fallible, at: Emitting): FailureHandling {
  const handlers = (step.catch ?? []).map((clause) => emitClause(step.id, clause, at));
  const handling = at.held ? givingBack(step.id, handlers, at) : handlers;
  const catchers = handling.map(({ fields }) => fields);
  return {
    fields: defined({
      Retry: retryOf(step.retry),
      Catch: catchers.length === 0 ? undefined : upToEveryError(catchers),
    }),
    states: handling.flatMap(({ states }) => states),
  };
}

/** Whether a step is tried again at all. */
export function isRetried({ retry }: Pick<Fallible, 'retry'>): boolean {
  return retry !== undefined && retry.attempts > 1;
}

/** A caught failure as its handlers and later steps see it, from inside the field `Catch`. */
export const CAUGHT = {
  error: delimit('$states.errorOutput.Error'),
  // A timeout has no cause; joined to a text, nothing is the empty text.
  cause: delimit("$states.errorOutput.Cause & ''"),
} as const;

/** Each handler with a release before it, and one more for what no handler takes. */
function givingBack(id: string, handlers: readonly FailureHandling[], at: Emitting): FailureHandling[] {
  const released = handlers.map(({ fields, states }, index) => {
    const name = `${id} release ${index + 1}`;
    const release: NamedState = [name, releaseState(id, { kind: 'next', state: String(fields['Next']) }, at)];
    return { fields: { ...fields, Next: name }, states: [release, ...states] };
  });
  return [...released, goingOn(id, at)];
}

function goingOn(id: string, at: Emitting): FailureHandling {
  const [release, failed, failure] = [`${id} release failed`, `${id} failed`, `${id}__failure`];
  return {
    fields: {
      ErrorEquals: [EVERY_ERROR],
      Assign: { [failure]: CAUGHT },
      Output: KEEP_ENVIRONMENT,
      Next: release,
    },
    states: [
      [release, releaseState(id, { kind: 'next', state: failed }, at)],
      [failed, { Type: 'Fail', Error: `{% $${failure}.error %}`, Cause: `{% $${failure}.cause %}` }],
    ],
  };
}

function emitClause(id: string, clause: CatchClause, at: Emitting): FailureHandling {
  const exit = at.handled;
  if (exit.kind !== 'next') throw new Error(`"${id}" is caught, and has no state to go on to`);
  const catcher = (next: string): JsonObject => ({
    ErrorEquals: errorNames(clause.on),
    Assign: { [`${id}__error`]: CAUGHT },
    Output: KEEP_ENVIRONMENT,
    Next: next,
  });
  if (clause.steps.length === 0) return { fields: catcher(exit.state), states: [] };
  const place = { ...inside(at.place, id), caught: id };
  const { start, states } = at.emitter.emitList(clause.steps, { ...at, place, exit, held: false });
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

/** Our names of timeouts. */
const TIMEOUTS = Object.keys(RUNTIME_ERRORS).filter((name) => name.endsWith('.Timeout'));

/** What times out is a timeout to us, and one to the engine when our own deadline does not come through. */
function errorNames(on: readonly string[] | undefined): readonly string[] {
  if (on === undefined || on.includes(EVERY_ERROR)) return [EVERY_ERROR];
  return on.some((name) => TIMEOUTS.includes(name)) ? [...new Set([...on, 'States.Timeout'])] : on;
}
