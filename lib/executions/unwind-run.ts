import type { UnwindInput } from '#compiler/task-payload.ts';
import { spanIdOf } from '#core/trace-context.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import { executionKeys } from '#table/keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import type { Execution } from './execution.ts';
import { findExecution } from './execution-store.ts';
import { canGoOn } from './operate/refusals.ts';
import type { ExecutionPorts } from './ports.ts';
import { UNWIND_MACHINE } from './unwind-machine.ts';

/** How often it is looked whether an unwind gets on, in ms. SQS delays no message for longer than 15 minutes. */
export const WATCH_MS = 600_000;

/** Which machine of the unwinds of an execution, and in which round of its rollback: each round tries again what was given up. */
export interface UnwindRun {
  readonly run: number;
  readonly round: number;
  /** Whether it undoes also what has succeeded, since its caller is undone. */
  readonly ofSuccess?: boolean;
}

/** The unwind of a whole execution as the engine knows it. The first is `<execution>-unwind`. */
export function unwindRef(execution: string, run: number): ExecutionRef {
  const name = run === 0 ? `${execution}-unwind` : `${execution}-unwind-${run}`;
  return { machine: UNWIND_MACHINE.name, name };
}

/** The execution that an unwind is of, and which it is; undefined for that of an iteration, or a further part of one. */
export function readUnwindName(
  name: string,
): { readonly execution: string; readonly run: number } | undefined {
  const [, execution, run = '0'] = /^(.*)-unwind(?:-(\d+))?$/s.exec(name) ?? [];
  return execution === undefined ? undefined : { execution, run: Number(run) };
}

/** The unwind that has charge of an execution; undefined where there has been none. */
export function currentRun({ status, unwindRun, rollbackRound = 0 }: Execution): UnwindRun | undefined {
  if (unwindRun !== undefined) return { run: unwindRun, round: rollbackRound };
  return status === 'ROLLING_BACK' ? { run: 0, round: 0 } : undefined;
}

/** The one after that: of the same round, unless all is to be tried again. */
export function nextRun(execution: Execution, how: 'same round' | 'new round'): UnwindRun {
  const { run, round } = currentRun(execution) ?? { run: -1, round: 0 };
  return { run: run + 1, round: how === 'new round' ? round + 1 : round };
}

/** Starts an unwind, and has it watched. Idempotent. */
export async function startUnwind(
  { engine, deadlines, clock, traces }: Pick<ExecutionPorts, 'engine' | 'deadlines' | 'clock' | 'traces'>,
  execution: string,
  unwind: UnwindRun,
): Promise<void> {
  await deadlines.schedule({ kind: 'unwind', id: execution }, clock.now() + WATCH_MS);
  const input: UnwindInput = { execution, scope: '', ofSuccess: false, ...unwind };
  const context = await traces?.of(execution);
  const trace = context && { ...context, spanId: spanIdOf('rollback', execution) };
  await engine.start(unwindRef(execution, unwind.run), { ...input }, { isFollowUp: true, trace });
}

/**
 * Whether an unwind has charge of its execution. One that was begun by an operator, or in place of one that stood still, takes it
 * over with its first step: should the process end before, nothing has happened.
 */
export async function hasCharge(
  table: Table,
  { execution: id, run, round, ofSuccess }: UnwindInput,
): Promise<boolean> {
  const execution = await findExecution(table, id);
  if (execution === undefined) return false;
  const { run: current } = currentRun(execution) ?? { run: -1 };
  if (run === current) return execution.status === 'ROLLING_BACK';
  const isSuccess = ofSuccess && execution.status === 'SUCCEEDED';
  const mayBegin = execution.status === 'ROLLING_BACK' || mayBeRolledBack(execution) || isSuccess;
  return run > current && mayBegin && takeCharge(table, execution, { run, round });
}

/** Whether an operator may have an execution rolled back, or go on with that. */
export function mayBeRolledBack({ status }: Pick<Execution, 'status'>): boolean {
  return status === 'ROLLBACK_INCOMPLETE' || canGoOn({ status });
}

async function takeCharge(
  table: Table,
  { id, status }: Execution,
  { run, round }: UnwindRun,
): Promise<boolean> {
  try {
    await table.update({
      key: executionKeys.meta(id),
      set: { status: 'ROLLING_BACK', unwindRun: run, rollbackRound: round },
      remove: ['endedAt', 'pausedAt'],
      condition: { attribute: 'status', equals: status },
    });
    return true;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return false;
  }
}
