import type { JsonObject } from '#core/json.ts';
import type { WaitStep } from '#definition/model.ts';
import { boundTemplate, boundValue, type Emitting } from '../emitting.ts';
import { defined, type Emission, leaveQuietly } from '../states.ts';

/** A wait is a Wait state; its output is null. */
export function emitWait(step: WaitStep, at: Emitting): Emission {
  const state = {
    ...defined({ Type: 'Wait', Comment: step.title }),
    ...durationOf(step.wait, at),
    ...leaveQuietly(at.exit, { [step.id]: 'null' }),
  };
  return { start: step.id, states: [[step.id, state]] };
}

/** States Language has whole seconds: durations are rounded up. */
function durationOf(wait: WaitStep['wait'], at: Emitting): JsonObject {
  if ('ms' in wait) return { Seconds: Math.ceil(wait.ms / 1_000) };
  if ('seconds' in wait) return { Seconds: boundValue(`$ceil(${wait.seconds})`, at) };
  return { Timestamp: boundTemplate(wait.until, at) };
}
