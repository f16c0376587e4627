import { toDecisionRecord } from '#analytics/record.ts';
import { instant, toCommandDocument, toExecutionDocument, toExecutionSummary } from '#api/documents.ts';
import { toActionDocument } from '#api/history-documents.ts';
import { toDecisionDocument } from '#api/log-documents.ts';
import { StepwrightError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import { type Command, fromCommandItem } from '#devices/command.ts';
import { describeExecution } from '#executions/describe.ts';
import type { Execution } from '#executions/execution.ts';
import { actionsOf } from '#executions/operate/action.ts';
import { type HistoryPort, type WholeHistory, wholeHistory } from '#executions/read-history.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { type Item, queryAll, type Table } from '#table/table.ts';
import type { ArchiveKind } from '../archive-kinds.ts';
import { lineOf, withoutTokens } from './line-of.ts';

/** What reading an execution to the end takes. */
export interface ReadPorts {
  readonly table: Table;
  readonly engine: HistoryPort;
}

/** A line with its kind. */
export type Lined = readonly [kind: ArchiveKind, line: JsonObject];

/**
 * All that is on record of an execution, as lines: its history, its commands and decisions, all else that its partition keeps, and last
 * the execution itself, as the API tells it. What the API does not tell, such as tokens of tasks, is in none.
 */
export async function* executionLines(ports: ReadPorts, execution: Execution): AsyncGenerator<Lined> {
  const { id, machine, workflow } = execution;
  const history = await wholeHistory(ports.engine, { machine, name: id });
  for (const line of historyLines(id, history)) yield ['history', { ...line, workflow }];
  for await (const item of queryAll(ports.table, { partition: executionKeys.partition(id), limit: 1_000 })) {
    const lined = itemLine(execution, item);
    if (lined !== undefined) yield lined;
  }
  yield ['executions', await wholeLine(ports, execution, history)];
}

function* historyLines(execution: string, { events, children }: WholeHistory): Generator<JsonObject> {
  for (const { timestamp, ...event } of events) yield { execution, ...event, timestamp: instant(timestamp) };
  for (const { ref, path, events: ofChild } of [...children.values()].flat())
    for (const { timestamp, ...event } of ofChild)
      yield { execution, child: ref.name, path, ...event, timestamp: instant(timestamp) };
}

/** The record of the execution and its output are told by the execution's own line. */
function itemLine({ id, workflow, startedAt }: Execution, item: Item): Lined | undefined {
  if (item.sk === 'META' || item.sk === 'OUTPUT') return undefined;
  if (item.sk.startsWith(executionKeys.commandPrefix))
    return ['commands', { workflow, ...commandLine(fromCommandItem(item)) }];
  if (isLoggedDecision(item)) return ['decisions', lineOf(toDecisionDocument(toDecisionRecord(item)))];
  const { pk: _pk, sk: key, gsi1pk: _1, gsi1sk: _2, gsi2pk: _3, gsi2sk: _4, expiresAt: _at, ...rest } = item;
  const record = withoutTokens(lineOf(rest));
  return ['records', { execution: id, workflow, at: instant(startedAt), key, record }];
}

/** A command, with how its device was chosen. */
export function commandLine(command: Command): JsonObject {
  const { route } = command;
  return lineOf({ ...toCommandDocument(command), ...(route === undefined ? {} : { route }) });
}

/** Whether an item is a decision of the log; of others, no more is kept than why a step was decided so. */
export function isLoggedDecision({ sk, logged }: Item): boolean {
  return sk.startsWith(taskKeys.decidedPrefix) && logged !== undefined;
}

async function wholeLine(ports: ReadPorts, execution: Execution, history: WholeHistory): Promise<JsonObject> {
  const actions = (await actionsOf(ports.table, execution.id)).map(toActionDocument);
  const { startedBy } = execution;
  const document = await described(ports, execution, history);
  return lineOf({ ...document, ...(startedBy === undefined ? {} : { startedBy }), actions });
}

/** One whose version is not on record any more is archived without its steps: its history and records tell of them. */
async function described(ports: ReadPorts, execution: Execution, history: WholeHistory): Promise<object> {
  try {
    return toExecutionDocument(await describeExecution(ports, execution.id, { withUsage: true, history }));
  } catch (error) {
    if (!(error instanceof StepwrightError && error.kind === 'not-found')) throw error;
    const { input, output, error: name, cause } = execution;
    const rest = { input, output, error: name, cause, progress: { done: 0, total: 0 }, steps: [] };
    return { ...toExecutionSummary(execution), ...rest };
  }
}
