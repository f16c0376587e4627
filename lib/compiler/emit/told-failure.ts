import type { JsonObject } from '#core/json.ts';
import type { ForEachStep } from '#definition/block-steps.ts';
import { isDistributed } from '#definition/map-mode.ts';
import type { Emitting } from '../emitting.ts';
import { CAUGHT, emitFailureHandling, isRetried } from '../failure.ts';
import { callHandler } from '../handler-call.ts';
import { blockEnvironment, executionIdText, pathValue } from '../place.ts';
import { bodyOf, defined, type Emission, KEEP_ENVIRONMENT, leave, type Values } from '../states.ts';
import { MACHINE_TOKENS, TOO_MANY_CHILDREN_FAILED } from '../task-payload.ts';
import type { EmitMap } from './for-each.ts';

/**
 * Whether the failure of a child execution has to be told under its own name inside the machine: a Map Run says no more than
 * that too many failed. Where nothing in the machine asks, the Map fails with that, so that a redrive goes on with its run;
 * what ends an execution is named by whoever settles it.
 */
export function hasToldFailure(step: ForEachStep, { place }: Emitting): boolean {
  return isDistributed(step) && place.failuresHandled;
}

/** Name of the Task that fails with what the first child execution failed with. */
export function toldFailureName({ id }: Pick<ForEachStep, 'id'>): string {
  return `${id} failure`;
}

/** Name of the Parallel state that tries a distributed Map again. */
export function triesName({ id }: Pick<ForEachStep, 'id'>): string {
  return `${id} tries`;
}

interface Told {
  readonly emitMap: EmitMap;
  /** The variables of the result, which has this text. */
  valuesOf(result: string): Values;
}

/** The Map, and behind it a Task that tells the failure of a child; what the author says of failures is about that Task. */
export function emitToldFailure(step: ForEachStep, at: Emitting, told: Told): Emission {
  if (isRetried(step)) return emitTries(step, at, told);
  const failure = emitFailureHandling(step, at);
  const catchers = failure.fields['Catch'];
  const leaving = {
    Catch: [catcherOf(step), ...(Array.isArray(catchers) ? catchers : [])],
    ...leave(at.exit, told.valuesOf('$states.result')),
  };
  return {
    start: step.id,
    states: [
      [step.id, told.emitMap(step, at, leaving)],
      [toldFailureName(step), { ...tell(step, at), ...failure.fields, End: true }],
      ...failure.states,
    ],
  };
}

/** A Retry by name is around both. */
function emitTries(step: ForEachStep, at: Emitting, { emitMap, valuesOf }: Told): Emission {
  const failure = emitFailureHandling(step, at);
  const inner = { ...at, place: { ...at.place, retried: true } };
  const map = emitMap({ ...step, retry: undefined }, inner, { Catch: [catcherOf(step)], End: true });
  const branch = bodyOf({
    start: step.id,
    states: [
      [step.id, map],
      [toldFailureName(step), { ...tell(step, inner), End: true }],
    ],
  });
  const state = {
    ...defined({ Type: 'Parallel', Arguments: blockEnvironment(at.place, true) }),
    Branches: [branch],
    ...failure.fields,
    ...leave(at.exit, valuesOf('$states.result[0]')),
  };
  return { start: triesName(step), states: [[triesName(step), state], ...failure.states] };
}

function failureVariable({ id }: ForEachStep): string {
  return `${id}__exceeded`;
}

function catcherOf(step: ForEachStep): JsonObject {
  return {
    ErrorEquals: [TOO_MANY_CHILDREN_FAILED],
    Assign: { [failureVariable(step)]: CAUGHT },
    Output: KEEP_ENVIRONMENT,
    Next: toldFailureName(step),
  };
}

function tell(step: ForEachStep, { place }: Emitting): JsonObject {
  const payload = {
    action: 'tellFailure',
    execution: `{% ${executionIdText(place)} %}`,
    run: '{% $states.context.Execution.Id %}',
    path: pathValue(place, step.id),
    error: `{% $${failureVariable(step)}.error %}`,
    cause: `{% $${failureVariable(step)}.cause %}`,
  };
  return { Type: 'Task', ...callHandler(MACHINE_TOKENS.settleIteration, payload) };
}
