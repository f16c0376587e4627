import { StepwrightError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import type { Engine, ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { cachedStepsOf } from '#integrations/result-cache.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { explanationsOf } from './decide-step.ts';
import type { Execution } from './execution.ts';
import { getExecution } from './execution-store.ts';
import { foldHistory } from './fold-history.ts';
import { joinCommands } from './join-commands.ts';
import { doingsOf, type LeftBehind, leftBehindByCalls, leftBehindOf } from './left-behind.ts';
import { actionsOf, type OperatorAction } from './operate/action.ts';
import type { ExecutionPorts } from './ports.ts';
import { StepRows } from './step-rows.ts';
import { hasEnded, type StepState } from './step-state.ts';
import { callsUnder, undoStatusOfCalls } from './undo-calls.ts';
import { undoStatusOf } from './undo-http.ts';
import { type ExecutionUsage, usageOf } from './usage.ts';
import { getVersion } from './workflow-store.ts';

type HistoryPort = Pick<Engine, 'history'>;

/** An execution with the state of each of its steps. */
export interface ExecutionView extends Execution {
  readonly progress: {
    /** How many steps have ended. */
    readonly done: number;
    /** How many there are, those of iterations to come counted in. */
    readonly total: number;
  };
  readonly steps: readonly StepState[];
  /** What it did that was to be undone, and is still there, or may be. */
  readonly leftBehind: readonly LeftBehind[];
  /** What it has taken so far; there when it was asked for. */
  readonly usage?: ExecutionUsage;
}

/** What an execution's record, history and commands tell of it. Throws SW4044. */
export async function describeExecution(
  { table, engine }: Pick<ExecutionPorts, 'table' | 'engine'>,
  id: string,
  { withUsage = false }: { readonly withUsage?: boolean } = {},
): Promise<ExecutionView> {
  const execution = await withOutput(table, await getExecution(table, id));
  const [{ compiled }, history, doings, actions, cached, decided] = await Promise.all([
    getVersion(table, execution.workflow, execution.version),
    wholeHistory(engine, { machine: execution.machine, name: id }),
    doingsOf({ table }, id),
    actionsOf(table, id),
    cachedStepsOf(table, id),
    explanationsOf(table, id),
  ]);
  const { commands } = doings;
  const rows = new StepRows(compiled.steps);
  const { stepsToCome } = foldHistory(rows, history);
  const callsWorkflows = compiled.steps.some(({ kind }) => kind === 'workflow');
  const calls = callsWorkflows ? await callsUnder({ table }, { execution: id, scope: '' }) : [];
  const joined = joinCommands(rows, commands)
    .map((step) => withUndo(step, undoStatusOf(doings.https.filter(({ path }) => path === step.path))))
    .map((step) => withUndo(step, undoStatusOfCalls(calls.filter(({ path }) => path === step.path))));
  const steps = joined.map((step) => withActions(because(withCache(step, cached), decided), actions));
  const done = steps.filter(hasEnded).length;
  const leftBehind = [
    ...leftBehindOf(execution, compiled.steps, doings),
    ...(await leftBehindByCalls({ table }, execution)),
  ];
  const view = { ...execution, progress: { done, total: steps.length + stepsToCome }, steps, leftBehind };
  return withUsage ? { ...view, usage: usageOf(history, commands) } : view;
}

/** A step that an operator has skipped did not do its work, though the execution goes on as if it had. */
function withActions(step: StepState, actions: readonly OperatorAction[]): StepState {
  const isSkipped = actions.some(
    ({ operation, details, refused, at }) =>
      operation === 'skip' &&
      refused === undefined &&
      details['path'] === step.path &&
      (step.endedAt ?? 0) >= at,
  );
  if (!isSkipped || step.error === 'States.QueryEvaluationError') return step;
  const { error: _error, cause: _cause, ...rest } = step;
  return step.status === 'SUCCEEDED' || step.status === 'FAILED' ? { ...rest, status: 'SKIPPED' } : step;
}

function because(step: StepState, decided: ReadonlyMap<string, JsonObject>): StepState {
  const reason = decided.get(step.path);
  return reason === undefined ? step : { ...step, because: reason };
}

/** The history knows how a call ended; its record, whether it was undone. */
function withUndo(step: StepState, status: StepState['status'] | undefined): StepState {
  return status === undefined ? step : { ...step, status };
}

function withCache(step: StepState, cached: ReadonlySet<string>): StepState {
  return step.status === 'SUCCEEDED' && cached.has(step.path) ? { ...step, isCached: true } : step;
}

async function withOutput(table: Table, execution: Execution): Promise<Execution> {
  if (execution.hasLargeOutput !== true) return execution;
  const output = (await table.get(executionKeys.output(execution.id)))?.['output'];
  return output === undefined ? execution : { ...execution, output };
}

/** All events of an execution of the engine; none where it has none yet. */
export async function wholeHistory(engine: HistoryPort, ref: ExecutionRef): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for (;;) {
    const page = await pageOfHistory(engine, ref, events.at(-1)?.id ?? 0);
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** An execution is on record a moment before the engine has it. */
async function pageOfHistory(
  engine: HistoryPort,
  ref: ExecutionRef,
  after: number,
): Promise<readonly HistoryEvent[]> {
  try {
    return await engine.history(ref, after);
  } catch (error) {
    if (error instanceof StepwrightError && error.kind === 'not-found') return [];
    throw error;
  }
}

/** Events of an execution after the one with id `after`, at most 1,000. Throws SW4044. */
export async function executionHistory(
  { table, engine }: Pick<ExecutionPorts, 'table'> & { readonly engine: HistoryPort },
  id: string,
  after: number,
): Promise<readonly HistoryEvent[]> {
  const { machine } = await getExecution(table, id);
  return pageOfHistory(engine, { machine, name: id }, after);
}
