import type { DevicesStep } from '#definition/model.ts';
import { handlerBindings } from '../deferred.ts';
import type { Emitting } from '../emitting.ts';
import { emitFailureHandling } from '../failure.ts';
import { callHandler } from '../handler-call.ts';
import { defined, type Emission, leave } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';

/** A selection of devices is one call of the handler that knows them. */
export function emitDevices(step: DevicesStep, at: Emitting): Emission {
  const failure = emitFailureHandling(step, at);
  const request = defined({
    where: step.where,
    bindings: step.where === undefined ? undefined : handlerBindings([step.where], at),
    requires: step.requires,
  });
  const task = {
    ...defined({ Type: 'Task', Comment: step.title }),
    ...callHandler(MACHINE_TOKENS.selectDevices, request),
    ...failure.fields,
    ...leave(at.exit, { [step.id]: '$states.result' }),
  };
  return { start: step.id, states: [[step.id, task], ...failure.states] };
}
