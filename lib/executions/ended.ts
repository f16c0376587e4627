import { machineName } from '#compiler/compiled-workflow.ts';
import { TOO_MANY_CHILDREN_FAILED } from '#compiler/task-payload.ts';
import { releaseAll } from '#concurrency/lock.ts';
import type { JsonObject } from '#core/json.ts';
import { cancelQueuedCommands } from '#devices/expire.ts';
import type { ExecutionEnded, ExecutionRef } from '#engine/engine.ts';
import { cancelWaits } from '#signals/cancel.ts';
import { executionKeys } from '#table/keys.ts';
import { childFailure } from './child-failure.ts';
import { answerParent, stopAwaitedChildren } from './children.ts';
import { isEscalationMachine } from './escalation-machine-name.ts';
import type { Execution, ExecutionStatus } from './execution.ts';
import { findExecution } from './execution-store.ts';
import { joinOutcome } from './join-outcome.ts';
import { actionsOf } from './operate/action.ts';
import { noteHeldUnits } from './operate/held-units.ts';
import { canGoOn } from './operate/refusals.ts';
import type { ExecutionPorts } from './ports.ts';
import { freeDevices, leaveRollouts } from './rollout/claims.ts';
import { settle, settleRollback } from './settle.ts';
import { hasSomethingToUndo } from './something-to-undo.ts';
import { answerUndo } from './undo-calls.ts';
import { isUnwindMachine } from './unwind-machine.ts';
import { currentRun, nextRun, readUnwindName, startUnwind } from './unwind-run.ts';
import { beginAgain } from './unwind-watch.ts';

/**
 * Takes note that an execution of the engine has ended; called at least once for each. One that ended well has SUCCEEDED.
 * For any other, what has not been sent is taken back, and when something it completed can be undone, the unwind machine
 * is started; else it has FAILED, TIMED_OUT, or was STOPPED.
 */
export async function executionEnded(ports: ExecutionPorts, ended: ExecutionEnded): Promise<void> {
  if (isEscalationMachine(ended.ref.machine)) return;
  if (isUnwindMachine(ended.ref.machine)) return unwindEnded(ports, ended);
  const execution = await settleExecution(ports, await underItsOwnName(ports, ended));
  if (ended.status !== 'SUCCEEDED') await noteHeldUnits(ports, ended.ref.name);
  await leave(ports, ended.ref.name);
  if (execution?.parent !== undefined) await answerParent(ports, execution.id);
  await joinOutcome(ports.table, ended.ref.name);
}

/** A distributed Map that fails an execution says no more than that too many of its iterations have failed. */
async function underItsOwnName(ports: ExecutionPorts, ended: ExecutionEnded): Promise<ExecutionEnded> {
  if (ended.error !== TOO_MANY_CHILDREN_FAILED) return ended;
  const failure = await childFailure(ports, { execution: ended.ref.name, run: ended.ref });
  return failure === undefined ? ended : { ...ended, ...failure };
}

/** What an execution held and waited for is given up. */
async function leave(ports: ExecutionPorts, id: string): Promise<void> {
  await cancelWaits(ports.table, id);
  await stopAwaitedChildren(ports, id);
  await releaseAll(ports, id);
  await leaveRollouts(ports, id);
}

/** Gives the execution as it was found, where there is one. */
async function settleExecution(ports: ExecutionPorts, ended: ExecutionEnded): Promise<Execution | undefined> {
  const found = await findExecution(ports.table, ended.ref.name);
  const execution = await movedTo(ports, ended.ref, found);
  if (execution === undefined) return found;
  const unwind = currentRun(execution);
  if (execution.status === 'ROLLING_BACK' && unwind !== undefined)
    await startUnwind(ports, execution.id, unwind);
  else if (isOfAnotherRun(execution, ended.endedAt)) return found;
  else if (ended.status === 'SUCCEEDED') await settleSuccess(ports, execution, ended);
  else await settleFailure(ports, execution, { ...ended, status: FAILURES[ended.status] });
  return found;
}

/**
 * The execution that runs on this machine. One that was redriven with a newer version may not have been noted to, when the
 * process ended in between; that it was asked for is on record.
 */
async function movedTo(
  { table }: ExecutionPorts,
  { machine, name: id }: ExecutionRef,
  execution: Execution | undefined,
): Promise<Execution | undefined> {
  if (execution === undefined || execution.machine === machine) return execution;
  const asked = (await actionsOf(table, id)).map(({ details }) => details['version']);
  const version = asked.find(
    (one) => typeof one === 'string' && machineName(execution.workflow, one) === machine,
  );
  if (typeof version !== 'string') return undefined;
  await table.update({ key: executionKeys.meta(id), set: { machine, version } });
  return { ...execution, machine, version };
}

/**
 * Whether an end is not that of the run that is on record: it was told late, of a run before a redrive; or it was settled
 * before. A run that was redriven and has ended before anybody could note that is the later one.
 */
function isOfAnotherRun(
  { status, redrivenAt = 0, endedAt: settledAt = 0 }: Execution,
  endedAt: number,
): boolean {
  if (status === 'RUNNING') return endedAt < redrivenAt;
  return !canGoOn({ status }) || endedAt <= settledAt;
}

/** An item holds 400 KB, and an input may take 256 KiB of it. */
const MAX_OUTPUT_BYTES = 100_000;

async function settleSuccess(
  { table }: ExecutionPorts,
  execution: Execution,
  { output = null, endedAt }: ExecutionEnded,
): Promise<void> {
  const isLarge = Buffer.byteLength(JSON.stringify(output)) > MAX_OUTPUT_BYTES;
  if (isLarge) await table.put({ ...executionKeys.output(execution.id), output });
  const kept = isLarge ? { hasLargeOutput: true } : { output };
  await settle(table, execution, { status: 'SUCCEEDED', ...kept, endedAt });
}

/** How an execution that the engine ended without success is called. */
const FAILURES = { FAILED: 'FAILED', TIMED_OUT: 'TIMED_OUT', ABORTED: 'STOPPED' } as const;

async function settleFailure(
  ports: ExecutionPorts,
  execution: Execution,
  ended: Omit<ExecutionEnded, 'status'> & { readonly status: ExecutionStatus },
): Promise<void> {
  await cancelQueuedCommands(ports, { execution: execution.id, scope: '' });
  const reason: JsonObject = {
    ...(ended.error === undefined ? {} : { error: ended.error }),
    ...(ended.cause === undefined ? {} : { cause: ended.cause }),
  };
  if (ended.error === 'Stepwright.Halted' || !(await hasSomethingToUndo(ports, execution))) {
    await settle(ports.table, execution, { ...reason, status: ended.status, endedAt: ended.endedAt });
    return;
  }
  const { run, round } = nextRun(execution, 'same round');
  const unwinding = { unwindRun: run, rollbackRound: round };
  await settle(ports.table, execution, { ...reason, status: 'ROLLING_BACK', ...unwinding });
  await startUnwind(ports, execution.id, { run, round });
}

/**
 * The unwind of a whole execution settles it itself. One that could not run to its end is begun again; one that somebody has
 * aborted leaves the rollback incomplete.
 */
async function unwindEnded(ports: ExecutionPorts, { ref, status }: ExecutionEnded): Promise<void> {
  const ended = readUnwindName(ref.name);
  const execution = ended && (await findExecution(ports.table, ended.execution));
  if (ended === undefined || execution === undefined) return;
  const { execution: id, run } = ended;
  if (status === 'ABORTED') await settleRollback(ports, id, { run, isComplete: false });
  else if (currentRun(execution)?.run === run) await beginAgain(ports, id);
  await freeDevices(ports, id);
  await answerParent(ports, id);
  const settled = await findExecution(ports.table, id);
  if (settled !== undefined) await answerUndo(ports, settled);
  await joinOutcome(ports.table, id);
}
