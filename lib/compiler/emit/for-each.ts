import type { JsonObject } from '#core/json.ts';
import type { ForEachStep } from '#definition/block-steps.ts';
import { delimit } from '#expression/delimiters.ts';
import { boundText, type Emitting } from '../emitting.ts';
import { emitFailureHandling } from '../failure.ts';
import { resultOf } from '../result.ts';
import { defined, type Emission, leave, type NamedState, type Values } from '../states.ts';
import { emitIterations } from './iteration.ts';
import { isPaced } from './pauses.ts';
import { emitPlan, isPlanned } from './rollout-plan.ts';
import { emitToldFailure, hasToldFailure } from './told-failure.ts';
import { itemsState, itemsVariable } from './tolerance.ts';
import { emitWaves } from './waves.ts';

/**
 * A forEach is a Map state, inline or distributed (map-mode.ts); with `waves`, one inside another. With `tolerate`, each failed
 * iteration is settled by itself.
 */
export function emitForEach(step: ForEachStep, at: Emitting): Emission {
  const items = boundText(itemsText(step), at);
  const isKept = step.tolerate !== undefined || step.waves !== undefined || isPaced(step);
  const emitMap: EmitMap = (mapped, inner, leaving) => ({
    ...defined({ Type: 'Map', Comment: step.title }),
    ...(isKept ? {} : { Items: delimit(items) }),
    ...mapFields(mapped, inner, isKept),
    ...leaving,
  });
  const { start, states } = hasToldFailure(step, at)
    ? emitToldFailure(step, at, { emitMap, valuesOf: (result) => valuesOf(step, result, at) })
    : emitPlainMap(step, at, emitMap);
  if (!isKept) return { start, states };
  const plan = isPlanned(step) ? emitPlan(step, at, start) : [];
  const next = plan[0]?.[0] ?? start;
  const first = itemsState(step, items, { place: at.place, next, isPlanned: plan.length > 0 });
  return { start: first[0], states: [first, ...plan, ...states] };
}

function emitPlainMap(step: ForEachStep, at: Emitting, emitMap: EmitMap): Emission {
  const failure = emitFailureHandling(step, at);
  const leaving = { ...failure.fields, ...leave(at.exit, valuesOf(step, '$states.result', at)) };
  const state: NamedState = [step.id, emitMap(step, at, leaving)];
  return { start: step.id, states: [state, ...failure.states] };
}

/** Writes the Map state of a forEach with the fields by which it is left. */
export type EmitMap = (step: ForEachStep, at: Emitting, leaving: JsonObject) => JsonObject;

/** Each wave gives the array of its items. */
function valuesOf(step: ForEachStep, result: string, at: Emitting): Values {
  return resultOf(step, step.waves === undefined ? result : `$reduce(${result}, $append, [])`, at);
}

function mapFields(step: ForEachStep, at: Emitting, isKept: boolean): JsonObject {
  if (step.waves !== undefined) return emitWaves({ ...step, waves: step.waves }, at);
  const run = { index: '$states.context.Map.Item.Index', item: '$states.context.Map.Item.Value' };
  return defined({
    Items: isKept ? `{% $${itemsVariable(step)} %}` : undefined,
    ...emitIterations(step, { at, place: at.place, run }),
  });
}

/** One item may come without its array, and none as undefined: in brackets, they are arrays of one and of none. */
function itemsText(step: ForEachStep): string {
  return `[(${step.items})]`;
}
