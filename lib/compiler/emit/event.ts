import type { EventStep } from '#definition/model.ts';
import { handlerBindings } from '../deferred.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { taskIdentity } from '../place.ts';
import { defined, type Emission } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { emitHandlerTask, seconds } from './handler-task.ts';

/** A wait for an event is one Task, whose token is answered by whoever tells of the event. */
export function emitEvent(step: EventStep, at: Emitting): Emission {
  const payload = defined({
    ...taskIdentity(at.place, step.id),
    action: 'await',
    event: boundTemplate(step.event, at),
    where: step.where,
    bindings: step.where === undefined ? undefined : handlerBindings([step.where], at),
    timeoutSeconds: seconds(step.timeoutMs),
  });
  return emitHandlerTask(step, at, {
    token: MACHINE_TOKENS.awaitEvent,
    payload,
    deadlineMs: step.timeoutMs,
  });
}
