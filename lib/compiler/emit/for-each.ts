import type { JsonObject } from '#core/json.ts';
import type { ForEachStep } from '#definition/model.ts';
import { delimit } from '#expression/delimiters.ts';
import { boundText, type Emitting } from '../emitting.ts';
import { emitFailureHandling } from '../failure.ts';
import { resultOf } from '../result.ts';
import { bodyOf, defined, type Emission, leave, type NamedState } from '../states.ts';
import { emitIteration, itemEnvironment } from './iteration.ts';
import { isPaced } from './pauses.ts';
import { emitPlan, isPlanned } from './rollout-plan.ts';
import { itemsState, itemsVariable } from './tolerance.ts';
import { emitWaves } from './waves.ts';

/**
 * A forEach is an inline Map state; with `waves`, one inside another. With `tolerate`, each failed iteration is settled by
 * itself.
 */
export function emitForEach(step: ForEachStep, at: Emitting): Emission {
  const failure = emitFailureHandling(step, at);
  const items = boundText(itemsText(step), at);
  const isKept = step.tolerate !== undefined || step.waves !== undefined || isPaced(step);
  const map =
    step.waves === undefined ? emitMap(step, at, isKept) : emitWaves({ ...step, waves: step.waves }, at);
  const state: NamedState = [
    step.id,
    {
      ...defined({ Type: 'Map', Comment: step.title }),
      ...(isKept ? {} : { Items: delimit(items) }),
      ...map,
      ...failure.fields,
      ...leave(at.exit, resultOf(step, step.waves === undefined ? '$states.result' : FLATTENED, at)),
    },
  ];
  const states = [state, ...failure.states];
  if (!isKept) return { start: step.id, states };
  const plan = isPlanned(step) ? emitPlan(step, at) : [];
  const first = itemsState(step, items, { place: at.place, next: plan[0]?.[0] ?? step.id });
  return { start: first[0], states: [first, ...plan, ...states] };
}

/** Each wave gives the array of its items. */
const FLATTENED = '$reduce($states.result, $append, [])';

function emitMap(step: ForEachStep, at: Emitting, isKept: boolean): JsonObject {
  return defined({
    Items: isKept ? `{% $${itemsVariable(step)} %}` : undefined,
    ItemSelector: itemEnvironment(step, at.place, {
      index: '$states.context.Map.Item.Index',
      item: '$states.context.Map.Item.Value',
    }),
    MaxConcurrency: step.maxConcurrency,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...bodyOf(emitIteration(step, at)) },
  });
}

/** One item may come without its array, and none as undefined: in brackets, they are arrays of one and of none. */
function itemsText(step: ForEachStep): string {
  return `[(${step.items})]`;
}
