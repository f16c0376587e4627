import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import type { Command } from '#devices/command.ts';
import { commandsOf, isUnder } from '#devices/command-store.ts';
import { executionKeys } from '#table/keys.ts';
import { queryAll } from '#table/table.ts';
import type { Execution } from './execution.ts';
import { type HttpDoing, httpUnder } from './http-call.ts';
import { keptByPivots } from './pivots.ts';
import type { ExecutionPorts } from './ports.ts';
import { hasTakenEffect, isLeftBehind, isToBeAsked, isToBeUndone } from './saga.ts';
import { type Call, callsUnder, isCompensable, isCompensated } from './undo-calls.ts';
import { isHttpLeftBehind, isHttpToBeAsked, isHttpToBeUndone, whyHttpIsLeft } from './undo-http.ts';
import { getVersion } from './workflow-store.ts';

/** Why what a command did is still there, or may be. */
export const LEFT_BEHIND_REASONS = ['UNDO_FAILED', 'OUTCOME_UNKNOWN', 'PIVOT_PASSED', 'NOT_UNDONE'] as const;

/** What a command, or a call over HTTP, did that can be undone, and is still there, or may be. */
export interface LeftBehind {
  /** Id of the command; left out for a call. */
  readonly command?: string | undefined;
  /** Path of its step, such as `rollout[3].flash`. */
  readonly path: string;
  /** The device of the command. */
  readonly device?: string | undefined;
  /** The workflow that was called, where its step says how it is undone. */
  readonly workflow?: string | undefined;
  /** Host of the service that was called, such as `api.example.com`. */
  readonly service?: string | undefined;
  /** The called execution whose step it is; left out for the execution's own. */
  readonly execution?: string | undefined;
  readonly reason: (typeof LEFT_BEHIND_REASONS)[number];
  readonly error: string;
  readonly cause: string;
  /** How often it was tried to undo it, or to ask about it. */
  readonly tries: number;
}

/** What an execution did. */
export interface Doings {
  readonly commands: readonly Command[];
  readonly https: readonly HttpDoing[];
  /** Paths of the iterations that were to be undone by themselves. */
  readonly unwound: readonly string[];
}

/**
 * What an execution has left behind on its devices, and with services: of one that is being rolled back, what has been given up
 * so far; of one that was not rolled back, what a point of no return keeps, and what an iteration has left that was to be undone by
 * itself, since that failed, or was cut off.
 */
export function leftBehindOf(
  { status }: Pick<Execution, 'status'>,
  steps: readonly CompiledStep[],
  { commands, https, unwound }: Doings,
): readonly LeftBehind[] {
  if (status === 'RUNNING' || status === 'ROLLED_BACK') return [];
  const isSuccess = status === 'SUCCEEDED';
  const passed = keptByPivots(steps, commands, { mayBeAsked: isToBeAsked, calls: https });
  const kept = isSuccess ? new Map<string, Command>() : passed;
  const isOfUnwound = (doing: { readonly path?: string | undefined }): boolean =>
    status !== 'ROLLING_BACK' &&
    !passed.has(doing.path ?? '') &&
    unwound.some((scope) => isUnder(doing, scope));
  const tries = Map.groupBy(commands, ({ undoes, verifies }) => undoes ?? verifies);
  const left = commands.filter(isLeftBehind).filter((command) => {
    if (status === 'ROLLBACK_INCOMPLETE' || kept.has(command.path ?? '') || isOfUnwound(command)) return true;
    return status === 'ROLLING_BACK' && !isToBeUndone(command) && !isToBeAsked(command);
  });
  const byCalls = https.filter(isHttpLeftBehind).filter((doing) => {
    if (status === 'ROLLBACK_INCOMPLETE' || kept.has(doing.path) || isOfUnwound(doing)) return true;
    const isToCome = isHttpToBeUndone(doing) || isHttpToBeAsked(doing) || doing.status === 'OPEN';
    return status === 'ROLLING_BACK' && !isToCome;
  });
  return [
    ...left.map((command) => ({
      ...{ command: command.id, path: command.path ?? '', device: command.device },
      ...(keptBy(kept.get(command.path ?? '')) ?? whyOf(command)),
      tries: triesIn(tries.get(command.id)),
    })),
    ...byCalls.map((doing) => ({
      path: doing.path,
      service: doing.service,
      ...(keptBy(kept.get(doing.path)) ?? whyHttpIsLeft(doing)),
      tries: doing.undoTries,
    })),
  ];
}

/** What the workflows that an execution has called have left behind; of one whose rollback is incomplete. */
export async function leftBehindByCalls(
  { table }: Pick<ExecutionPorts, 'table'>,
  { id, status }: Pick<Execution, 'id' | 'status'>,
): Promise<readonly LeftBehind[]> {
  if (status !== 'ROLLBACK_INCOMPLETE') return [];
  const left: LeftBehind[] = [];
  for (const call of await callsUnder({ table }, { execution: id, scope: '' })) {
    const { execution } = call;
    if (execution.status === 'ROLLED_BACK') continue;
    if (isCompensable(call)) {
      if (!isCompensated(call)) left.push(whyCallIsLeft(call));
      continue;
    }
    const { compiled } = await getVersion(table, execution.workflow, execution.version);
    const own = leftBehindOf({ status }, compiled.steps, await doingsOf({ table }, execution.id));
    left.push(...own.map((each) => ({ ...each, execution: execution.id })));
    left.push(...(await leftBehindByCalls({ table }, { id: execution.id, status })));
  }
  return left;
}

/** What an execution did on devices, and with services. */
export async function doingsOf({ table }: Pick<ExecutionPorts, 'table'>, execution: string): Promise<Doings> {
  const prefix = executionKeys.unwoundPrefix;
  const [commands, https, unwound] = await Promise.all([
    commandsOf(table, execution),
    httpUnder({ table }, { execution, scope: '' }),
    Array.fromAsync(queryAll(table, { partition: executionKeys.partition(execution), prefix })),
  ]);
  return { commands, https, unwound: unwound.map(({ sk }) => sk.slice(prefix.length)) };
}

/** Of a call that has an undo of its own, what it did is left as a whole. */
function whyCallIsLeft({ child, execution, path, undo }: Call): LeftBehind {
  const { undoError, undoCause = '' } = child;
  const left = { path, workflow: execution.workflow, tries: undo === undefined ? 0 : 1 };
  if (undoError !== undefined) {
    return { ...left, reason: 'UNDO_FAILED', error: undoError, cause: undoCause };
  }
  return {
    ...left,
    reason: 'NOT_UNDONE',
    error: 'Saga.UndoFailed',
    cause: 'the rollback ended before it came to this workflow',
  };
}

/** How often something was tried by these commands, each of which may have been sent more than once. */
function triesIn(commands: readonly Command[] = []): number {
  return commands.reduce((sum, { resends = 0 }) => sum + 1 + resends, 0);
}

type Why = Pick<LeftBehind, 'reason' | 'error' | 'cause'>;

function keptBy(pivot: Command | undefined): Why | undefined {
  if (pivot === undefined) return undefined;
  const doubt = hasTakenEffect(pivot) ? 'has been passed' : 'may have been passed: what it did is unknown';
  return {
    reason: 'PIVOT_PASSED',
    error: 'Saga.PivotPassed',
    cause: `the point of no return, ${pivot.command} of ${pivot.path ?? ''}, ${doubt}`,
  };
}

function whyOf(command: Command): Why {
  const { undoError, undoCause = '', error = 'Saga.OutcomeUnknown', cause = '' } = command;
  if (!hasTakenEffect(command)) {
    return { reason: 'OUTCOME_UNKNOWN', error: undoError ?? error, cause: undoCause || cause };
  }
  if (undoError !== undefined) return { reason: 'UNDO_FAILED', error: undoError, cause: undoCause };
  return {
    reason: 'NOT_UNDONE',
    error: 'Saga.UndoFailed',
    cause: 'its undo ended before it came to this command',
  };
}
