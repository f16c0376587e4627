import { type Command, dueAt, OPEN } from '#devices/command.ts';
import { commandsOf } from '#devices/command-store.ts';
import { expireCommand } from '#devices/expire.ts';
import { executionKeys } from '#table/keys.ts';
import { answerParent } from './children.ts';
import { type Execution, isFinal } from './execution.ts';
import { findExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';
import { settleRollback } from './settle.ts';
import { answerUndo, callsUnder } from './undo-calls.ts';
import { currentRun, nextRun, startUnwind, unwindRef, WATCH_MS } from './unwind-run.ts';

/** How often an unwind is begun again that gets nothing done; then it is told as incomplete. */
const MOST_REVIVALS = 3;

/**
 * Looks whether the unwind of an execution gets on, and has it looked at again. One that the engine does not know is started;
 * one that has ended without an end, or stands still, is begun again; one that still gets nothing done is told as incomplete.
 */
export async function lookAtUnwind(ports: ExecutionPorts, id: string): Promise<void> {
  const execution = await findExecution(ports.table, id);
  const current = execution && currentRun(execution);
  if (execution?.status !== 'ROLLING_BACK' || current === undefined) return;
  const ref = unwindRef(id, current.run);
  const found = await ports.engine.describe(ref);
  if (found === undefined) return startUnwind(ports, id, current);
  const isStill = await standsStill(ports, execution);
  if (found.status !== 'RUNNING') return beginAgain(ports, id);
  if (!isStill) return ports.deadlines.schedule({ kind: 'unwind', id }, ports.clock.now() + WATCH_MS);
  await beginAgain(ports, id);
  const failure = {
    error: 'Saga.Stalled',
    cause: 'another unwind has taken over: this one got nothing done',
  };
  await ports.engine.stop(ref, failure);
}

/**
 * Begins the unwind of an execution again, in the place of one that has ended without an end or stands still. After several that
 * got nothing done, the rollback is told as incomplete, and is left to an operator.
 */
export async function beginAgain(ports: ExecutionPorts, id: string): Promise<void> {
  const execution = await findExecution(ports.table, id);
  const current = execution && currentRun(execution);
  if (execution?.status !== 'ROLLING_BACK' || current === undefined) return;
  const { unwindRevivals: revivals = 0 } = execution;
  if (revivals >= MOST_REVIVALS) {
    await settleRollback(ports, id, { run: current.run, isComplete: false });
    await answerParent(ports, id);
    const settled = await findExecution(ports.table, id);
    if (settled !== undefined) await answerUndo(ports, settled);
    return;
  }
  await ports.table.update({ key: executionKeys.meta(id), set: { unwindRevivals: revivals + 1 } });
  await startUnwind(ports, id, nextRun(execution, 'same round'));
}

/** Whether nothing has been done since the last look, and nothing is waited for whose time is not over. */
async function standsStill(ports: ExecutionPorts, execution: Execution): Promise<boolean> {
  const { id, unwindMark: before } = execution;
  const now = ports.clock.now();
  const commands = await commandsOf(ports.table, id);
  const open = commands.filter(({ status }) => OPEN.includes(status));
  const overdue = open.filter((command) => dueAt(command) <= now);
  for (const command of overdue) await expireCommand(ports, command.id);
  const mark = markOf(commands);
  const calls = await callsUnder(ports, { execution: id, scope: '' });
  const isWaiting = calls
    .flatMap(({ execution: called, undo }) => [called, ...(undo === undefined ? [] : [undo])])
    .some((called) => !isFinal(called.status));
  if (mark === before) return open.length === overdue.length && !isWaiting;
  const set = { unwindMark: mark, unwindRevivals: 0 };
  await ports.table.update({ key: executionKeys.meta(id), set });
  return false;
}

/** Differs when anything has come of the commands of an execution. */
function markOf(commands: readonly Command[]): string {
  const times = commands.flatMap(({ queuedAt, endedAt = 0, undoneAt = 0, verifiedAt = 0 }) => [
    ...[queuedAt, endedAt, undoneAt, verifiedAt],
  ]);
  const latest = times.reduce((one, other) => Math.max(one, other), 0);
  const givenUp = commands.filter(({ undoError }) => undoError !== undefined).length;
  return `${commands.length} ${latest} ${givenUp}`;
}

/** After a restart, or when a message was lost: whatever of these is being rolled back is watched again. */
export async function watchUnwinds(ports: ExecutionPorts, executions: Iterable<string>): Promise<void> {
  for (const id of new Set(executions)) {
    if ((await findExecution(ports.table, id))?.status !== 'ROLLING_BACK') continue;
    await ports.deadlines.schedule({ kind: 'unwind', id }, ports.clock.now() + WATCH_MS);
  }
}
