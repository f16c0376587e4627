import type { JsonObject } from '#core/json.ts';
import type { ForEachStep, Waves } from '#definition/block-steps.ts';
import type { Wave } from '#definition/step-parts.ts';
import { delimit } from '#expression/delimiters.ts';
import { boundText, type Emitting } from '../emitting.ts';
import { isRetried } from '../failure.ts';
import { inheritedEnvironment, innerAttemptValue, type Place, runPathValue } from '../place.ts';
import { betweenScope } from '../scope.ts';
import { bodyOf, defined, type Emission, type NamedState } from '../states.ts';
import { emitIterations } from './iteration.ts';
import { emitGate, emitPauses, gateName } from './pauses.ts';
import { isPlanned, planVariable } from './rollout-plan.ts';
import { hasOwnTolerance, itemsVariable, toleranceText } from './tolerance.ts';
import { emitJoin, itemsOrJoined, withJoins } from './watch.ts';

type WavingStep = ForEachStep & { readonly waves: Waves };

/**
 * The fields of a Map state over waves, one at a time. Each begins, except for the first, with what is done between waves; then comes
 * its gate, and a Map state of its own runs over its items.
 */
export function emitWaves(step: WavingStep, at: Emitting): JsonObject {
  const wave: NamedState = [waveName(step), waveState(step, at)];
  const between = emitBetween(step, at);
  const states = [...between.states, wave];
  const waves = isPlanned(step) ? `[$${planVariable(step)}.waves]` : wavesText(step, at);
  return {
    Items: delimit(withJoins(step, waves)),
    ItemSelector: waveEnvironment(step, at.place),
    MaxConcurrency: 1,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...bodyOf({ start: between.start, states }) },
  };
}

/** Name of the Map state over the items of one wave. */
export function waveName({ id }: ForEachStep): string {
  return `${id} wave`;
}

/** From where to where each wave goes, as text of an expression; waves for which no items are left fall away. */
function wavesText(step: WavingStep, at: Emitting): string {
  const ends = step.waves.sizes.map((size, index) => `$e${index + 1} := ${endText(size, index, at)}; `);
  const waves = step.waves.sizes.map(({ tolerate }, index) => {
    const borne = tolerate === undefined ? '' : `, 'tolerate': ${toleranceText(tolerate, at)}`;
    return `{ 'from': ${edge(index)}, 'to': ${edge(index + 1)}${borne} }`;
  });
  const filled = `[$filter([${waves.join(', ')}], function($wave) { $wave.to > $wave.from })]`;
  return `( $n := $count($${itemsVariable(step)}); ${ends.join('')}${filled} )`;
}

function endText(size: Wave, index: number, at: Emitting): string {
  if ('count' in size) {
    const more = typeof size.count === 'number' ? size.count : countText(size.count, at);
    return `$min([$n, ${edge(index)} + ${more}])`;
  }
  if ('percent' in size) return `$min([$n, ${edge(index)} + $max([1, $ceil($n * ${size.percent} / 100)])])`;
  return '$n';
}

/** A number of an author's own: whole, and not below nothing. */
function countText(text: string, at: Emitting): string {
  return `$max([0, $floor(${boundText(text, at)})])`;
}

function edge(index: number): string {
  return index === 0 ? '0' : `$e${index}`;
}

/** The environment of a wave: where it is, for what is done before it; and for its items, where the step is. */
function waveEnvironment(step: WavingStep, place: Place): JsonObject {
  const index = '$states.context.Map.Item.Index';
  return defined({
    ...inheritedEnvironment(place),
    around: place.repeated ? '{% $states.input.path %}' : undefined,
    path: runPathValue(place, `${step.id}.waves`, { index }),
    wave: '{% $states.context.Map.Item.Value %}',
    attempt: innerAttemptValue(place, isRetried(step)),
  });
}

/** What an iteration knows of its wave, where it counts against it. */
const WAVE_WITH_PATH = "{% $merge([$states.input.wave, { 'path': $states.input.path }]) %}";

function waveState(step: WavingStep, at: Emitting): JsonObject {
  const place = { ...at.place, retried: at.place.retried || isRetried(step) };
  const run = {
    index: '$states.context.Map.Item.Value.at',
    around: '$states.input.around',
    item: '$states.context.Map.Item.Value.item',
  };
  const wave = hasOwnTolerance(step) ? { wave: WAVE_WITH_PATH } : {};
  const { ItemSelector: environment, ...iterations } = emitIterations(step, { at, place, run });
  return {
    Type: 'Map',
    Items: itemsOfWave(step),
    ItemSelector: { ...environment, ...wave },
    ...iterations,
    End: true,
  };
}

/** One pass over all items: JSONata looks an item up by a computed number by trying them all, which no wave can afford for each. */
function itemsOfWave(step: WavingStep): string {
  const within = 'at >= $from and at < $to';
  const items = `( $from := $states.input.wave.from; $to := $states.input.wave.to; [$${itemsVariable(step)}[${within}]] )`;
  return delimit(itemsOrJoined(step, items));
}

/** What a wave does before its items. */
function emitBetween(step: WavingStep, at: Emitting): Emission {
  const { between } = step.waves;
  const place: Place = {
    ...at.place,
    scope: betweenScope(at.place.scope, step.id),
    repeated: true,
    path: '',
    retried: at.place.retried || isRetried(step),
  };
  const exit = { kind: 'next', state: gateName(step) } as const;
  const scopeEnd = { output: [], outputWith: () => [] };
  const inner: Emitting = { ...at, place, exit, scopeEnd, held: false };
  const none: Emission = { start: exit.state, states: [] };
  const steps = between.length === 0 ? none : at.emitter.emitList(between, inner);
  const paused = emitPauses(step, steps, { at: inner, outer: at.place });
  const begun = paused.states.length === 0 ? paused : notBeforeTheFirst(step, paused);
  const where = { at: inner, outer: at.place };
  const gate = emitGate(step, waveName(step), where);
  const gated = { start: begun.start, states: [...begun.states, gate] };
  return emitJoin(step, gated, { items: waveName(step), ...where });
}

/** Name of the Choice that passes over what is done between waves before the first of them. */
export function betweenName({ id }: ForEachStep): string {
  return `${id} between`;
}

function notBeforeTheFirst(step: WavingStep, { start, states }: Emission): Emission {
  const name = betweenName(step);
  const choice = {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.wave.from > 0 %}', Next: start }],
    Default: gateName(step),
  };
  return { start: name, states: [[name, choice], ...states] };
}
