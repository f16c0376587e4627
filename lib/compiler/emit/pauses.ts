import type { JsonObject } from '#core/json.ts';
import type { ForEachStep, Waves } from '#definition/block-steps.ts';
import type { Health } from '#definition/step-parts.ts';
import { delimit } from '#expression/delimiters.ts';
import { handlerBindings } from '../deferred.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { callHandler } from '../handler-call.ts';
import { type Place, taskIdentity } from '../place.ts';
import { defined, type Emission, KEEP_ENVIRONMENT, type NamedState } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { deviceText } from './rollout-plan.ts';
import { forEachPath, forEachPathInside, itemsVariable } from './tolerance.ts';

type WavingStep = ForEachStep & { readonly waves: Waves };

/** Whether iterations wait before they begin. */
export function isPaced({ window, rate }: Pick<ForEachStep, 'window' | 'rate'>): boolean {
  return window !== undefined || rate !== undefined;
}

/** Puts the wait for the window and the turn of an iteration before its states. `outer` is the place of the forEach. */
export function emitBegin(
  step: ForEachStep,
  body: Emission,
  { at, outer }: { readonly at: Emitting; readonly outer: Place },
): Emission {
  if (!isPaced(step)) return body;
  const { window, rate } = step;
  const begin = pause(`${step.id} begin`, body.start, {
    action: 'begin',
    ...taskIdentity(at.place, `${step.id}.begin`),
    rollout: forEachPathInside(step, outer),
    ...defined({
      window: window && { ...window, days: [...window.days], timezone: boundTemplate(window.timezone, at) },
      rate: rate && boundTemplate(rate, at),
    }),
  });
  return { start: begin[0], states: [begin, ...body.states] };
}

/** Name of the state in which a wave begins. */
export function gateName({ id }: ForEachStep): string {
  return `${id} gate`;
}

/** The state in which a wave begins: it lets the wave through to the state after it, unless an operator holds the execution. */
export function emitGate(
  step: WavingStep,
  next: string,
  { at, outer }: { readonly at: Emitting; readonly outer: Place },
): NamedState {
  const identity = taskIdentity(at.place, `${step.id}.gate`);
  return pause(gateName(step), next, { action: 'gate', ...identity, rollout: forEachPath(step, outer) });
}

/** Puts the wait for a time, and the one for the health of the waves so far, before what is done between waves. */
export function emitPauses(
  step: WavingStep,
  between: Emission,
  { at, outer }: { readonly at: Emitting; readonly outer: Place },
): Emission {
  const { soakMs, health } = step.waves;
  const rollout = forEachPath(step, outer);
  const states: NamedState[] = [];
  let { start } = between;
  if (health !== undefined) {
    const payload = { ...healthPayload(step, health, at), rollout };
    states.unshift(pause(`${step.id} health`, start, payload));
    start = `${step.id} health`;
  }
  if (soakMs > 0) {
    const identity = taskIdentity(at.place, `${step.id}.soak`);
    states.unshift(
      pause(`${step.id} soak`, start, { action: 'soak', ...identity, rollout, seconds: soakMs / 1_000 }),
    );
    start = `${step.id} soak`;
  }
  return { start, states: [...states, ...between.states] };
}

function healthPayload(step: WavingStep, { until, withinMs, everyMs }: Health, at: Emitting): JsonObject {
  const soFar = `$${itemsVariable(step)}[at < $to]`;
  const devices = `( $to := $states.input.wave.from; [$map(${soFar}, function($each) { ( $item := $each.item; ${deviceText()} ) })] )`;
  return defined({
    action: 'health',
    ...taskIdentity(at.place, `${step.id}.health`),
    until,
    bindings: handlerBindings([until], at),
    devices: delimit(devices),
    total: `{% $count($${itemsVariable(step)}) %}`,
    everySeconds: everyMs / 1_000,
    withinSeconds: withinMs / 1_000,
    halts: step.onExceeded === 'halt' ? true : undefined,
  });
}

function pause(name: string, next: string, payload: JsonObject): NamedState {
  const call = callHandler(MACHINE_TOKENS.rollout, payload);
  return [name, { Type: 'Task', ...call, Output: KEEP_ENVIRONMENT, Next: next }];
}
