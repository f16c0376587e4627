import type { Json, JsonObject } from '#core/json.ts';
import type { ForEachStep, Waves } from '#definition/block-steps.ts';
import type { Wave } from '#definition/step-parts.ts';
import { boundText, type Emitting } from '../emitting.ts';
import { emitFailureHandling } from '../failure.ts';
import { callHandler } from '../handler-call.ts';
import { taskIdentity } from '../place.ts';
import { CLAIMS_FREED } from '../rollout-payload.ts';
import { defined, KEEP_ENVIRONMENT, type NamedState } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { fieldOf, literal, objectText } from '../text.ts';
import { BACKSTOP_SECONDS } from './handler-task.ts';
import { itemsVariable, toleranceValue } from './tolerance.ts';

type WavingStep = ForEachStep & { readonly waves: Waves };

/** How long one that waits for devices waits for word that some are free, before it looks by itself. */
const LOOK_AGAIN_SECONDS = 120;

/** Whether a handler says which items the waves take: it chooses among them, or claims their devices. */
export function isPlanned(step: ForEachStep): step is WavingStep {
  const chooses = step.waves?.sizes.some((wave) => 'where' in wave || 'canary' in wave) === true;
  return step.waves !== undefined && (chooses || step.claim !== undefined);
}

/** Variable that holds what the handler has said. */
export function planVariable({ id }: ForEachStep): string {
  return `${id}__plan`;
}

/** Name of the state in which a planned rollout begins, once its items are known. */
export function planName({ id }: ForEachStep): string {
  return `${id} plan`;
}

/**
 * The states in which the waves of a forEach are planned: the handler is told of each item what the waves choose by, and the
 * items are put in the order that it answers. `next` is the state after them.
 */
export function emitPlan(step: WavingStep, at: Emitting, next: string): readonly NamedState[] {
  const failure = emitFailureHandling(step, at);
  const order = `${step.id} order`;
  const waits = step.claim === 'wait';
  const caught = waits
    ? [{ ErrorEquals: ['Device.Claimed'], Output: KEEP_ENVIRONMENT, Next: waitName(step) }]
    : [];
  const { Catch: own, Retry: retry } = failure.fields;
  const catchers = [...caught, ...(Array.isArray(own) ? own : [])];
  const plan = {
    Type: 'Task',
    ...callHandler(MACHINE_TOKENS.rollout, payloadOf(step, at), waits ? undefined : retry),
    ...defined({ Catch: catchers.length === 0 ? undefined : catchers }),
    Assign: { [planVariable(step)]: '{% $states.result %}' },
    Output: KEEP_ENVIRONMENT,
    Next: order,
  };
  const put = { Type: 'Pass', Assign: { [itemsVariable(step)]: inOrder(step) }, Next: next };
  const wait: readonly NamedState[] = waits ? [[waitName(step), waitState(step, at)]] : [];
  return [[planName(step), plan], ...wait, [order, put]];
}

function waitName({ id }: ForEachStep): string {
  return `${id} claimed`;
}

/** Others have the devices: it waits until one who had some has ended, and asks again. */
function waitState(step: WavingStep, { place }: Emitting): JsonObject {
  const payload = {
    ...taskIdentity(place, `${step.id}.claimed`),
    ...{ action: 'await', event: CLAIMS_FREED, timeoutSeconds: LOOK_AGAIN_SECONDS },
  };
  return {
    Type: 'Task',
    ...callHandler(MACHINE_TOKENS.awaitEvent, payload),
    TimeoutSeconds: LOOK_AGAIN_SECONDS + BACKSTOP_SECONDS,
    Catch: [
      { ErrorEquals: ['Event.Timeout', 'States.Timeout'], Output: KEEP_ENVIRONMENT, Next: planName(step) },
    ],
    Output: KEEP_ENVIRONMENT,
    Next: planName(step),
  };
}

function payloadOf(step: WavingStep, at: Emitting): JsonObject {
  return defined({
    action: 'plan',
    ...taskIdentity(at.place, step.id),
    devices: eachItem(step, deviceText()),
    waves: step.waves.sizes.map((wave) => waveValue(step, wave, at)),
    claim: step.claim,
  });
}

/** The id of the device that `$item` is, or has; empty where it has none. */
export function deviceText(): string {
  return "$type($item) = 'object' ? ($exists($item.id) ? $string($item.id) : '') : $string($item)";
}

function waveValue(step: WavingStep, wave: Wave, at: Emitting): Json {
  return defined({
    ...itemsValue(step, wave, at),
    tolerate: wave.tolerate && toleranceValue(wave.tolerate, at),
  });
}

function itemsValue(step: WavingStep, wave: Wave, at: Emitting): JsonObject {
  if ('rest' in wave) return { rest: true };
  if ('percent' in wave) return { percent: wave.percent };
  if ('count' in wave) {
    return { count: typeof wave.count === 'number' ? wave.count : `{% ${boundText(wave.count, at)} %}` };
  }
  if ('where' in wave) {
    return { matches: eachItem(step, `${FIELDS}.((${boundText(wave.where, at)}) ? true : false)`) };
  }
  const { cover, max } = wave.canary;
  const fields = Object.fromEntries(cover.map((path) => [path, pathOf(path)]));
  return defined({ kinds: eachItem(step, `${FIELDS}.${objectText(fields)}`), max });
}

/** What plain names are in conditions over items: its fields, with its tags beside them; of a text, the id. */
const FIELDS =
  "($type($item) = 'object' ? $merge([$type($item.tags) = 'object' ? $item.tags : {}, $item]) : { 'id': $item })";

function pathOf(path: string): string {
  return path.split('.').map(fieldOf).join('.');
}

/** An expression over `$item`, of each item. */
function eachItem(step: WavingStep, text: string): string {
  return `{% [$map($${itemsVariable(step)}, function($item) { ${text} })] %}`;
}

/** The items that take part, each with its number, in the order of the rollout. */
function inOrder(step: WavingStep): string {
  const ranked = `$zip($${planVariable(step)}.rank, $${itemsVariable(step)})`;
  const pairs = `$map(${ranked}, function($pair) { { ${literal('at')}: $pair[0], ${literal('item')}: $pair[1] } })`;
  return `{% [${pairs}[at >= 0]^(at)] %}`;
}
