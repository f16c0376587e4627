import type { Concurrency } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { callHandler } from '../handler-call.ts';
import { type Emission, KEEP_ENVIRONMENT } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';

/** Name of the state in which an execution waits for its turn. Ids have no spaces, so no step takes it. */
const FIRST_STATE = 'workflow acquire';

/**
 * Puts waiting for a turn before a workflow's own states: one Task. The place in the group is given back when the execution
 * ends, however it ends.
 */
export function emitConcurrency(
  concurrency: Concurrency | undefined,
  at: Emitting,
  { start, states }: Emission,
): Emission {
  if (concurrency === undefined) return { start, states };
  const payload = {
    execution: '{% $states.context.Execution.Name %}',
    path: FIRST_STATE,
    attempt: 0,
    action: 'acquire',
    group: {
      name: boundTemplate(concurrency.group, at),
      max: concurrency.max,
      overflow: concurrency.overflow,
    },
  };
  const acquire = {
    Type: 'Task',
    ...callHandler(MACHINE_TOKENS.lock, payload),
    Output: KEEP_ENVIRONMENT,
    Next: start,
  };
  return { start: FIRST_STATE, states: [[FIRST_STATE, acquire], ...states] };
}
