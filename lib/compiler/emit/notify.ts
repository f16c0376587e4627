import type { NotifyStep } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { taskIdentity } from '../place.ts';
import { defined, type Emission } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { emitHandlerTask } from './handler-task.ts';

/** A notification is one Task, answered when the message is on its way. */
export function emitNotify(step: NotifyStep, at: Emitting): Emission {
  const payload = defined({
    ...taskIdentity(at.place, step.id),
    topic: step.topic,
    subject: step.subject === undefined ? undefined : boundTemplate(step.subject, at),
    message: boundTemplate(step.message, at),
  });
  return emitHandlerTask(step, at, { token: MACHINE_TOKENS.notify, payload });
}
