import { StepwrightError } from '#core/error.ts';
import { commandsOf } from '#devices/command-store.ts';
import type { Engine, ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import type { Execution } from './execution.ts';
import { getExecution } from './execution-store.ts';
import { foldHistory } from './fold-history.ts';
import { joinCommands } from './join-commands.ts';
import type { ExecutionPorts } from './ports.ts';
import { StepRows } from './step-rows.ts';
import { hasEnded, type StepState } from './step-state.ts';
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
}

/** What an execution's record, history and commands tell of it. Throws SW4044. */
export async function describeExecution(
  { table, engine }: Pick<ExecutionPorts, 'table' | 'engine'>,
  id: string,
): Promise<ExecutionView> {
  const execution = await withOutput(table, await getExecution(table, id));
  const [{ compiled }, history, commands] = await Promise.all([
    getVersion(table, execution.workflow, execution.version),
    wholeHistory(engine, { machine: execution.machine, name: id }),
    commandsOf(table, id),
  ]);
  const rows = new StepRows(compiled.steps);
  const { stepsToCome } = foldHistory(rows, history);
  const steps = joinCommands(rows, commands);
  const done = steps.filter(hasEnded).length;
  return { ...execution, progress: { done, total: steps.length + stepsToCome }, steps };
}

async function withOutput(table: Table, execution: Execution): Promise<Execution> {
  if (execution.hasLargeOutput !== true) return execution;
  const output = (await table.get(executionKeys.output(execution.id)))?.['output'];
  return output === undefined ? execution : { ...execution, output };
}

async function wholeHistory(engine: HistoryPort, ref: ExecutionRef): Promise<HistoryEvent[]> {
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
