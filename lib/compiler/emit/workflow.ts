import { isJsonObject, type JsonObject } from '#core/json.ts';
import type { WorkflowStep } from '#definition/model.ts';
import { handlerBindings, type SplitArguments, splitArguments } from '../deferred.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { taskIdentity } from '../place.ts';
import { defined, type Emission } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { cacheValue } from './cache.ts';
import { emitHandlerTask, seconds } from './handler-task.ts';

/** A child workflow is one Task, whose token is answered when the execution that it starts has ended. */
export function emitWorkflow(step: WorkflowStep, at: Emitting): Emission {
  const version = at.emitter.versionOf(step);
  const undo = step.compensate && splitArguments({ input: step.compensate.input ?? {} }, at);
  const reading = Object.values(undo?.deferred ?? {});
  const payload = defined({
    ...taskIdentity(at.place, step.id),
    workflow: step.workflow,
    version,
    input: step.input === undefined ? undefined : boundTemplate(step.input, at),
    await: step.await,
    timeoutSeconds: seconds(step.timeoutMs),
    cache: cacheValue(step, at),
    bindings: reading.length === 0 ? undefined : handlerBindings(reading, at),
    compensate: undo && step.compensate && compensationOf(step, undo, at),
  });
  return emitHandlerTask(step, at, {
    token: MACHINE_TOKENS.startWorkflow,
    payload,
    deadlineMs: step.timeoutMs,
  });
}

/** Its input is the one argument of the undo; what of it reads `$result` is evaluated when it is begun. */
function compensationOf(
  { compensate, ...step }: WorkflowStep,
  { with: given, deferred }: SplitArguments,
  at: Emitting,
): JsonObject {
  const { input = {} } = isJsonObject(given) ? given : {};
  return defined({
    workflow: compensate?.workflow,
    version: at.emitter.undoVersionOf({ ...step, compensate }),
    with: { input },
    deferred: Object.keys(deferred).length === 0 ? undefined : { ...deferred },
  });
}
