import { isFailureOfCall } from '#core/error.ts';
import { commandsOf, isUnder } from '#devices/command-store.ts';
import type { Engine } from '#engine/engine.ts';
import { taskKeys } from '#table/keys.ts';
import { type Child, childrenOf } from './children.ts';
import { type Execution, isFinal } from './execution.ts';
import { findExecution } from './execution-store.ts';
import { httpUnder } from './http-call.ts';
import type { ExecutionPorts } from './ports.ts';
import { isLeftBehind } from './saga.ts';
import type { StepStatus } from './step-state.ts';
import { stopExecution } from './stop.ts';
import { isHttpLeftBehind } from './undo-http.ts';

/** A workflow that a step has called and waited for, as what it did is undone: at the place of the step. */
export interface Call {
  readonly child: Child;
  readonly execution: Execution;
  /** Path of the step, such as `sites[3].backup`. */
  readonly path: string;
  readonly attempt: number;
  readonly queuedAt: number;
  /** The execution that undoes it, where its step says by which workflow and it was begun. */
  readonly undo?: Execution | undefined;
}

/** What an execution, or one of its iterations (`scope` is its path), has called and waited for. */
export async function callsUnder(
  ports: Pick<ExecutionPorts, 'table'>,
  { execution, scope }: { readonly execution: string; readonly scope: string },
): Promise<readonly Call[]> {
  const calls: Call[] = [];
  for await (const child of childrenOf(ports, execution)) {
    const [path = '', attempt = '0'] = child.id.slice(execution.length + 1).split(':');
    if (!child.isAwaited || !isUnder({ path }, scope)) continue;
    const called = await findExecution(ports.table, child.execution);
    if (called === undefined) continue;
    const { undoExecution } = child;
    const undo = undoExecution === undefined ? undefined : await findExecution(ports.table, undoExecution);
    calls.push({ child, execution: called, path, attempt: Number(attempt), queuedAt: child.since, undo });
  }
  return calls;
}

/** Stops what has been called and still runs; gives what has not ended. */
export async function stopCalls(ports: ExecutionPorts, calls: readonly Call[]): Promise<readonly Call[]> {
  const open = calls.filter(({ execution }) => !isFinal(execution.status));
  for (const { execution } of open) {
    if (execution.status === 'RUNNING') await stopExecution(ports, execution.id, 'its caller is undone');
  }
  return open;
}

/** Whether what a called workflow did is there, or may be, and has not been given up in this round. */
export async function isCallToBeUndone(
  ports: Pick<ExecutionPorts, 'table'>,
  call: Call,
  round: number,
): Promise<boolean> {
  const { undoError, undoRound = 0 } = call.child;
  if (undoError !== undefined && undoRound >= round) return false;
  return isCallLeft(ports, call);
}

/** Whether what a called workflow did is there, or may be: where its step says how it is undone, until that has been done. */
export async function isCallLeft(ports: Pick<ExecutionPorts, 'table'>, call: Call): Promise<boolean> {
  return isCompensable(call) ? !isCompensated(call) : hasLeftSomething(ports, call.execution);
}

/** A called workflow whose step says how what it did is undone. */
export interface Compensable {
  readonly child: Child & Required<Pick<Child, 'compensate'>>;
  /** What was called; it has succeeded. */
  readonly execution: Execution;
}

/** Whether the step of a call says how it is undone. What has not succeeded undoes its own steps. */
export function isCompensable<Called extends Pick<Call, 'child' | 'execution'>>(
  call: Called,
): call is Called & Compensable {
  return call.child.compensate !== undefined && call.execution.status === 'SUCCEEDED';
}

/** Whether the workflow that undoes a call has done so. */
export function isCompensated({ undo }: Pick<Call, 'undo'>): boolean {
  return undo?.status === 'SUCCEEDED';
}

/** What is said of a step by how far the undo of its calls is that it says itself; undefined where none was begun. */
export function undoStatusOfCalls(calls: readonly Call[]): StepStatus | undefined {
  const begun = calls.filter((call) => isCompensable(call) && call.undo !== undefined);
  if (begun.some((call) => call.child.undoError !== undefined && !isCompensated(call))) {
    return 'COMPENSATION_FAILED';
  }
  if (begun.length === 0) return undefined;
  return begun.every(isCompensated) ? 'COMPENSATED' : 'COMPENSATING';
}

/** Whether what an execution did is there, or may be, also by what it has called in turn. */
export async function hasLeftSomething(
  ports: Pick<ExecutionPorts, 'table'>,
  { id, status }: Execution,
): Promise<boolean> {
  if (status === 'ROLLED_BACK') return false;
  if ((await commandsOf(ports.table, id)).some(isLeftBehind)) return true;
  if ((await httpUnder(ports, { execution: id, scope: '' })).some(isHttpLeftBehind)) return true;
  for (const call of await callsUnder(ports, { execution: id, scope: '' })) {
    if (await isCallLeft(ports, call)) return true;
  }
  return false;
}

/** Tells the unwind of the caller how that of a called workflow has ended. Without effect where nobody waits for it. */
export async function answerUndo(
  ports: Pick<ExecutionPorts, 'table'> & { readonly engine: Pick<Engine, 'succeedTask' | 'failTask'> },
  { id, parent, status, workflow, version }: Execution,
): Promise<void> {
  if (parent === undefined || !isFinal(status)) return;
  for await (const child of childrenOf(ports, parent.execution)) {
    if (child.execution !== id || child.undoToken === undefined) continue;
    if (status === 'ROLLED_BACK') await ports.engine.succeedTask(child.undoToken, {});
    else {
      const cause = `${workflow} ${version} (${id}) is ${status}`;
      await ports.engine.failTask(child.undoToken, { error: 'Workflow.RollbackIncomplete', cause });
    }
  }
}

/** Calls of the handler that begins the undo of a called workflow, which may fail before it is given up for that. */
const MOST_FAILED_CALLS = 6;

/**
 * Puts on record that what a called workflow did could not be undone. A failure of the call by which that was to begin says nothing
 * of it: a few of these are counted, and the next layer asks for it again.
 */
export async function giveUpCall(
  { table }: Pick<ExecutionPorts, 'table'>,
  { id, round, error, cause }: { id: string; round: number; error: string; cause: string },
): Promise<void> {
  const key = taskKeys.child(id);
  const condition = { exists: true } as const;
  if (isFailureOfCall(error)) {
    const { undoCallsFailed } = await table.update({ key, add: { undoCallsFailed: 1 }, condition });
    if (Number(undoCallsFailed) % MOST_FAILED_CALLS !== 0) return;
  }
  await table.update({
    key,
    set: { undoError: error, undoCause: cause, undoRound: round },
    condition,
  });
}
