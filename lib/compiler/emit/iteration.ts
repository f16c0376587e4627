import type { Json, JsonObject } from '#core/json.ts';
import type { ForEachStep } from '#definition/model.ts';
import type { Emitting } from '../emitting.ts';
import { iterationEnding } from '../endings.ts';
import { isRetried } from '../failure.ts';
import { innerAttemptValue, type Place, type Run, runPathValue } from '../place.ts';
import { iterationScope } from '../scope.ts';
import { defined, type Emission } from '../states.ts';
import { literal } from '../text.ts';
import { emitBegin } from './pauses.ts';
import { emitTolerantBody } from './tolerance.ts';

/** The states of one iteration. */
export function emitIteration(step: ForEachStep, at: Emitting): Emission {
  const place: Place = {
    ...at.place,
    scope: iterationScope(at.place.scope, step.id),
    items: [...at.place.items, step.as],
    repeated: true,
    path: '',
    retried: at.place.retried || isRetried(step),
  };
  const inner = { ...at, place, held: false, ...iterationEnding(step.steps, place, at.emitter) };
  const steps = at.emitter.emitList(step.steps, inner);
  const body = emitBegin(step, steps, { at: inner, outer: at.place });
  return step.tolerate === undefined
    ? body
    : emitTolerantBody({ ...step, tolerate: step.tolerate }, body, at);
}

/** The environment of an iteration: where it is in the workflow, and the items of all iterations around. */
export function itemEnvironment(
  step: ForEachStep,
  place: Place,
  { item: current, ...run }: Run & { readonly item: string },
): JsonObject {
  const item: Json =
    place.items.length > 0
      ? `{% $merge([$states.input.item, { ${literal(step.as)}: ${current} }]) %}`
      : { [step.as]: `{% ${current} %}` };
  return defined({
    path: runPathValue(place, step.id, run),
    item,
    attempt: innerAttemptValue(place, isRetried(step)),
  });
}
