import type { WorkflowStep } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { taskIdentity } from '../place.ts';
import { defined, type Emission } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { cacheValue } from './cache.ts';
import { emitHandlerTask, seconds } from './handler-task.ts';

/** A child workflow is one Task, whose token is answered when the execution that it starts has ended. */
export function emitWorkflow(step: WorkflowStep, at: Emitting): Emission {
  const version = at.emitter.versionOf(step);
  const payload = defined({
    ...taskIdentity(at.place, step.id),
    workflow: step.workflow,
    version,
    input: step.input === undefined ? undefined : boundTemplate(step.input, at),
    await: step.await,
    timeoutSeconds: seconds(step.timeoutMs),
    cache: cacheValue(step, at),
  });
  return emitHandlerTask(step, at, {
    token: MACHINE_TOKENS.startWorkflow,
    payload,
    deadlineMs: step.timeoutMs,
  });
}
