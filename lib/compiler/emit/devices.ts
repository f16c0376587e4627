import type { DevicesStep } from '#definition/model.ts';
import { handlerBindings } from '../deferred.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { defined, type Emission } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { emitHandlerTask } from './handler-task.ts';

/** A selection of devices is one call of the handler that knows them. */
export function emitDevices(step: DevicesStep, at: Emitting): Emission {
  const payload = defined({
    where: step.where,
    bindings: step.where === undefined ? undefined : handlerBindings([step.where], at),
    requires: step.requires,
    fields: step.fields && [...step.fields],
    zone: step.zone === undefined ? undefined : boundTemplate(step.zone, at),
  });
  return emitHandlerTask(step, at, { token: MACHINE_TOKENS.selectDevices, payload });
}
