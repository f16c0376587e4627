import type { JsonObject } from '#core/json.ts';
import type { ForEachStep, Waves } from '#definition/block-steps.ts';
import type { Watch } from '#definition/step-parts.ts';
import { handlerBindings } from '../deferred.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { callHandler } from '../handler-call.ts';
import { type Place, taskIdentity } from '../place.ts';
import { defined, type Emission, KEEP_ENVIRONMENT, type NamedState } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { MOST_JOINS } from '../waves-of-items.ts';
import { deviceText } from './rollout-plan.ts';
import { forEachPath, itemsVariable } from './tolerance.ts';

type WavingStep = ForEachStep & { readonly waves: Waves };

/** Name of the Choice that lets the waves of those that join later wait for them. */
export function joinsName({ id }: Pick<ForEachStep, 'id'>): string {
  return `${id} joins`;
}

function joinedVariable({ id }: ForEachStep): string {
  return `${id}__joined`;
}

/** The waves, and behind them those of devices that join later, as text of an expression. */
export function withJoins(step: ForEachStep, waves: string): string {
  return step.watch === undefined
    ? waves
    : `$append(${waves}, [1..${MOST_JOINS}].{ 'from': 0, 'to': 0, 'joins': $ })`;
}

/** The items of a wave, where it may be one of devices that have joined. */
export function itemsOrJoined(step: ForEachStep, items: string): string {
  const variable = `$${joinedVariable(step)}`;
  return step.watch === undefined ? items : `$exists(${variable}) ? ${variable}.items : ${items}`;
}

/**
 * Puts the wait for devices that join later before what a wave begins with. That wait is a gate too: `items` is the state over those that
 * have joined.
 */
export function emitJoin(
  step: WavingStep,
  wave: Emission,
  { items, at, outer }: { readonly items: string; readonly at: Emitting; readonly outer: Place },
): Emission {
  const { watch } = step;
  if (watch === undefined) return wave;
  const choice: NamedState = [
    joinsName(step),
    {
      Type: 'Choice',
      Choices: [{ Condition: '{% $exists($states.input.wave.joins) %}', Next: `${step.id} join` }],
      Default: wave.start,
    },
  ];
  const join: NamedState = [
    `${step.id} join`,
    {
      Type: 'Task',
      ...callHandler(MACHINE_TOKENS.rollout, payloadOf(step, watch, { at, outer })),
      Assign: { [joinedVariable(step)]: '{% $states.result %}' },
      Output: KEEP_ENVIRONMENT,
      Next: items,
    },
  ];
  return { start: choice[0], states: [choice, join, ...wave.states] };
}

function payloadOf(
  step: WavingStep,
  { where, requires, zone, forMs }: Watch,
  { at, outer }: { readonly at: Emitting; readonly outer: Place },
): JsonObject {
  const known = `[$map($${itemsVariable(step)}, function($each) { ( $item := $each.item; ${deviceText()} ) })]`;
  return defined({
    action: 'join',
    ...taskIdentity(at.place, `${step.id}.join`),
    rollout: forEachPath(step, outer),
    where,
    bindings: where === undefined ? undefined : handlerBindings([where], at),
    requires,
    zone: zone === undefined ? undefined : boundTemplate(zone, at),
    known: `{% ${known} %}`,
    claim: step.claim,
    forSeconds: forMs / 1_000,
  });
}
