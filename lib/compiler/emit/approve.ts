import type { ApproveStep } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { taskIdentity } from '../place.ts';
import { defined, type Emission } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { emitHandlerTask, seconds } from './handler-task.ts';

/** An approval is one Task, whose token is answered by the last person that has to approve, or to reject. */
export function emitApprove(step: ApproveStep, at: Emitting): Emission {
  const payload = defined({
    ...taskIdentity(at.place, step.id),
    group: boundTemplate(step.group, at),
    message: step.message === undefined ? undefined : boundTemplate(step.message, at),
    quorum: step.quorum,
    rejections: step.rejections === 1 ? undefined : step.rejections,
    not: step.not,
    escalate:
      step.escalate === undefined
        ? undefined
        : { afterSeconds: step.escalate.afterMs / 1_000, group: boundTemplate(step.escalate.group, at) },
    remindSeconds: seconds(step.remindMs),
    timeoutSeconds: seconds(step.timeoutMs),
  });
  return emitHandlerTask(step, at, {
    token: MACHINE_TOKENS.requestApproval,
    payload,
    deadlineMs: step.timeoutMs,
  });
}
