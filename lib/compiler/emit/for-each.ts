import type { Json, JsonObject } from '#core/json.ts';
import type { ForEachStep } from '#definition/model.ts';
import { boundValue, type Emitting } from '../emitting.ts';
import { iterationEnding } from '../endings.ts';
import { emitFailureHandling, isRetried } from '../failure.ts';
import { inIteration, innerAttemptValue, iterationPathValue, type Place } from '../place.ts';
import { iterationScope } from '../scope.ts';
import { bodyOf, defined, type Emission, leave, type NamedState } from '../states.ts';
import { literal } from '../text.ts';
import { emitTolerantBody, itemsState, itemsVariable } from './tolerance.ts';

/** A forEach is an inline Map state. With `tolerate`, each failed iteration is settled by itself. */
export function emitForEach(step: ForEachStep, at: Emitting): Emission {
  const failure = emitFailureHandling(step, at);
  const items = itemsText(step);
  const map: NamedState = [
    step.id,
    {
      ...defined({ Type: 'Map', Comment: step.title }),
      Items: step.tolerate === undefined ? boundValue(items, at) : `{% $${itemsVariable(step)} %}`,
      ItemSelector: environmentOf(step, at.place),
      ...defined({ MaxConcurrency: step.maxConcurrency }),
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...bodyOf(emitIteration(step, at)) },
      ...failure.fields,
      ...leave(at.exit, { [step.id]: '$states.result' }),
    },
  ];
  const states = [map, ...failure.states];
  if (step.tolerate === undefined) return { start: step.id, states };
  const first = itemsState(step, boundValue(items, at), at.place);
  return { start: first[0], states: [first, ...states] };
}

/** One item may come without its array, and none as undefined: in brackets, they are arrays of one and of none. */
function itemsText(step: ForEachStep): string {
  return `[(${step.items})]`;
}

function emitIteration(step: ForEachStep, at: Emitting): Emission {
  const place: Place = {
    ...at.place,
    scope: iterationScope(at.place.scope, step.id),
    items: [...at.place.items, step.as],
    path: '',
    retried: at.place.retried || isRetried(step),
  };
  const inner = { ...at, place, ...iterationEnding(step.steps, place, at.emitter) };
  const body = at.emitter.emitList(step.steps, inner);
  return step.tolerate === undefined
    ? body
    : emitTolerantBody({ ...step, tolerate: step.tolerate }, body, at.place);
}

/** The environment of an iteration: where it is in the workflow, and the items of all iterations around. */
function environmentOf(step: ForEachStep, place: Place): JsonObject {
  const current = '$states.context.Map.Item.Value';
  const item: Json = inIteration(place)
    ? `{% $merge([$states.input.item, { ${literal(step.as)}: ${current} }]) %}`
    : { [step.as]: `{% ${current} %}` };
  return defined({
    path: iterationPathValue(place, step.id),
    item,
    attempt: innerAttemptValue(place, isRetried(step)),
  });
}
