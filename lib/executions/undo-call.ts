import { taskKeys } from '#table/keys.ts';
import { ChildSchema } from './children.ts';
import { compensateCall } from './compensate-call.ts';
import { isFinal } from './execution.ts';
import { findExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';
import { answerUndo, isCompensable } from './undo-calls.ts';
import { nextRun, startUnwind } from './unwind-run.ts';

/** The undo of a called workflow, as the unwind machine asks for it. */
export interface CallUndo {
  /** Id of the call. */
  readonly id: string;
  readonly round: number;
  readonly taskToken: string;
}

/**
 * Has what a called workflow did undone. The task is answered when that has ended; called again for the same, it begins nothing
 * a second time.
 */
export async function undoCall(ports: ExecutionPorts, { id, round, taskToken }: CallUndo): Promise<void> {
  const key = taskKeys.child(id);
  const before = ChildSchema.parse(await ports.table.get(key));
  const hasBegun = before.undoBegunRound === round;
  await ports.table.update({ key, set: { undoToken: taskToken } });
  const execution = await findExecution(ports.table, before.execution);
  if (execution === undefined) return;
  const called = { child: before, execution };
  if (isCompensable(called)) return compensateCall(ports, called, { round, taskToken });
  if (hasBegun && isFinal(execution.status)) return answerUndo(ports, execution);
  if (execution.status === 'ROLLING_BACK') return;
  await startUnwind(ports, execution.id, { ...nextRun(execution, 'new round'), ofSuccess: true });
  await ports.table.update({ key, set: { undoBegunRound: round } });
}
