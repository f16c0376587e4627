import type { DecideStep } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { taskIdentity } from '../place.ts';
import type { Emission } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { emitHandlerTask } from './handler-task.ts';

/** A decision is one Task, answered at once by what is decided. */
export function emitDecide(step: DecideStep, at: Emitting): Emission {
  const payload = {
    ...taskIdentity(at.place, step.id),
    decision: step.decision,
    version: at.emitter.decisionVersionOf(step),
    input: boundTemplate(step.input, at),
    timeoutSeconds: step.timeoutMs / 1_000,
  };
  return emitHandlerTask(step, at, { token: MACHINE_TOKENS.decide, payload, deadlineMs: step.timeoutMs });
}
