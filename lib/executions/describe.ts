import type { Cost } from '#compiler/forecast/cost.ts';
import type { JsonObject } from '#core/json.ts';
import type { Engine } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { cachedStepsOf } from '#integrations/result-cache.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { executionCost } from './cost/execution-cost.ts';
import { type Taken, takenSinceRedrive } from './cost/taken-since-redrive.ts';
import { unwindHistories } from './cost/unwind-histories.ts';
import { explanationsOf } from './decide-step.ts';
import type { Execution } from './execution.ts';
import { getExecution } from './execution-store.ts';
import { foldHistory } from './fold-history.ts';
import { inlineExplanations } from './inline-because.ts';
import { joinCommands } from './join-commands.ts';
import { doingsOf, type LeftBehind, leftBehindByCalls, leftBehindOf } from './left-behind.ts';
import { actionsOf, type OperatorAction } from './operate/action.ts';
import type { ExecutionPorts } from './ports.ts';
import { type HistoryPort, pageOfHistory, type WholeHistory, wholeHistory } from './read-history.ts';
import { StepRows } from './step-rows.ts';
import { hasEnded, type StepState } from './step-state.ts';
import { callsUnder, undoStatusOfCalls } from './undo-calls.ts';
import { undoStatusOf } from './undo-http.ts';
import { type ExecutionUsage, usageOf } from './usage.ts';
import { getVersion } from './workflow-store.ts';

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
  /**
   * How many child executions of distributed Maps were not looked at, because there are too many: of their steps, only what sends
   * commands is told. Left out where all were.
   */
  readonly childrenNotRead?: number;
  /** What it has taken so far; there when it was asked for. */
  readonly usage?: ExecutionUsage;
  /** What that costs on AWS, or would; there when it was asked for. */
  readonly cost?: Cost;
  /** What it has taken on AWS, or would have, since its last redrive; there when it was asked for. */
  readonly taken?: Taken;
}

/** How an execution is described. */
export interface DescribeOptions {
  /** Whether it is told what it has taken. */
  readonly withUsage?: boolean;
  /** Whether it is told what it has taken on AWS, or would have; one of the two. */
  readonly withTaken?: boolean;
  /** Its history, where that has been read already. */
  readonly history?: WholeHistory;
}

/** What an execution's record, history and commands tell of it. Throws SW4044. */
export async function describeExecution(
  { table, engine }: Pick<ExecutionPorts, 'table'> & { readonly engine: HistoryPort },
  id: string,
  { withUsage = false, withTaken = false, history: read }: DescribeOptions = {},
): Promise<ExecutionView> {
  const execution = await withOutput(table, await getExecution(table, id));
  const [{ compiled }, history, doings, actions, cached, decided] = await Promise.all([
    getVersion(table, execution.workflow, execution.version),
    read ?? wholeHistory(engine, { machine: execution.machine, name: id }),
    doingsOf({ table }, id),
    actionsOf(table, id),
    cachedStepsOf(table, id),
    explanationsOf(table, id),
  ]);
  const { commands } = doings;
  const rows = new StepRows(compiled.steps);
  const { stepsToCome } = foldHistory(rows, history.events, history.children);
  const known = rows.count;
  const callsWorkflows = compiled.steps.some(({ kind }) => kind === 'workflow');
  const calls = callsWorkflows ? await callsUnder({ table }, { execution: id, scope: '' }) : [];
  const joined = joinCommands(rows, commands, history.unread > 0)
    .map((step) => withUndo(step, undoStatusOf(doings.https.filter(({ path }) => path === step.path))))
    .map((step) => withUndo(step, undoStatusOfCalls(calls.filter(({ path }) => path === step.path))));
  const reasons = new Map([...inlineExplanations(compiled.steps, history), ...decided]);
  const steps = joined.map((step) => withActions(because(withCache(step, cached), reasons), actions));
  const done = steps.filter(hasEnded).length;
  const leftBehind = [
    ...leftBehindOf(execution, compiled.steps, doings),
    ...(await leftBehindByCalls({ table }, execution)),
  ];
  // Commands may tell of iterations that the history was not read of.
  const toCome = Math.max(0, stepsToCome - (rows.count - known));
  const view = {
    ...{ ...execution, progress: { done, total: steps.length + toCome }, steps, leftBehind },
    ...(history.unread === 0 ? {} : { childrenNotRead: history.unread }),
  };
  if (!withUsage && !withTaken) return view;
  const { definition } = compiled;
  const sources = { definition, history, unwinds: await unwindHistories(engine, execution) };
  if (withTaken) return { ...view, taken: takenSinceRedrive(sources, execution.redrivenAt) };
  return { ...view, usage: usageOf(history, commands), cost: executionCost(sources) };
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

function because(step: StepState, reasons: ReadonlyMap<string, JsonObject>): StepState {
  const reason = reasons.get(step.path);
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

/** Events of an execution after the one with id `after`, at most 1,000. Throws SW4044. */
export async function executionHistory(
  { table, engine }: Pick<ExecutionPorts, 'table'> & { readonly engine: Pick<Engine, 'history'> },
  id: string,
  after: number,
): Promise<readonly HistoryEvent[]> {
  const { machine } = await getExecution(table, id);
  return pageOfHistory(engine, { machine, name: id }, after);
}
