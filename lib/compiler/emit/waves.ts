import type { JsonObject } from '#core/json.ts';
import type { ForEachStep, Waves } from '#definition/model.ts';
import type { Wave } from '#definition/step-parts.ts';
import type { Emitting } from '../emitting.ts';
import { isRetried } from '../failure.ts';
import { inheritedEnvironment, innerAttemptValue, type Place, runPathValue } from '../place.ts';
import { betweenScope } from '../scope.ts';
import { bodyOf, defined, type Emission, type NamedState } from '../states.ts';
import { emitIteration, itemEnvironment } from './iteration.ts';
import { itemsVariable } from './tolerance.ts';

type WavingStep = ForEachStep & { readonly waves: Waves };

/**
 * The fields of a Map state over waves, one at a time. Each begins, except for the first, with what is done between waves;
 * then a Map state of its own runs over its items.
 */
export function emitWaves(step: WavingStep, at: Emitting): JsonObject {
  const wave: NamedState = [waveName(step), waveState(step, at)];
  const between = emitBetween(step, at);
  const states = [...between.states, wave];
  return {
    Items: `{% ${wavesText(step)} %}`,
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
function wavesText(step: WavingStep): string {
  const ends = step.waves.sizes.map((size, index) => `$e${index + 1} := ${endText(size, index)}; `);
  const waves = step.waves.sizes.map((_, index) => `{ 'from': ${edge(index)}, 'to': ${edge(index + 1)} }`);
  const filled = `[$filter([${waves.join(', ')}], function($wave) { $wave.to > $wave.from })]`;
  return `( $n := $count($${itemsVariable(step)}); ${ends.join('')}${filled} )`;
}

function endText(size: Wave, index: number): string {
  if ('rest' in size) return '$n';
  const more = 'count' in size ? String(size.count) : `$max([1, $ceil($n * ${size.percent} / 100)])`;
  return `$min([$n, ${edge(index)} + ${more}])`;
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

function waveState(step: WavingStep, at: Emitting): JsonObject {
  const place = { ...at.place, retried: at.place.retried || isRetried(step) };
  const environment = itemEnvironment({ ...step, retry: undefined }, place, {
    index: '$states.context.Map.Item.Value.at',
    around: '$states.input.around',
    item: '$states.context.Map.Item.Value.item',
  });
  return {
    Type: 'Map',
    Items: itemsOfWave(step),
    ItemSelector: environment,
    ...defined({ MaxConcurrency: step.maxConcurrency }),
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...bodyOf(emitIteration(step, at)) },
    End: true,
  };
}

/** One pass over all items: JSONata looks an item up by a computed number by trying them all, which no wave can afford for each. */
function itemsOfWave(step: WavingStep): string {
  const within = 'at >= $from and at < $to';
  return `{% ( $from := $states.input.wave.from; $to := $states.input.wave.to; [$${itemsVariable(step)}[${within}]] ) %}`;
}

function emitBetween(step: WavingStep, at: Emitting): Emission {
  const { soakMs, between } = step.waves;
  const place: Place = {
    ...at.place,
    scope: betweenScope(at.place.scope, step.id),
    repeated: true,
    path: '',
    retried: at.place.retried || isRetried(step),
  };
  const exit = { kind: 'next', state: waveName(step) } as const;
  const scopeEnd = { output: [], outputWith: () => [] };
  const inner: Emitting = { ...at, place, exit, scopeEnd, held: false };
  const none: Emission = { start: exit.state, states: [] };
  const steps = between.length === 0 ? none : at.emitter.emitList(between, inner);
  const soaked = soakMs === 0 ? steps : soakBefore(step, soakMs, steps);
  return soaked.states.length === 0 ? soaked : notBeforeTheFirst(step, soaked);
}

function soakBefore(step: WavingStep, soakMs: number, { start, states }: Emission): Emission {
  const name = `${step.id} soak`;
  const soak: NamedState = [name, { Type: 'Wait', Seconds: Math.ceil(soakMs / 1_000), Next: start }];
  return { start: name, states: [soak, ...states] };
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
    Default: waveName(step),
  };
  return { start: name, states: [[name, choice], ...states] };
}
