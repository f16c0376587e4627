import { type Command, fromCommandItem } from '#devices/command.ts';
import type { Execution } from '#executions/execution.ts';
import { executionKeys } from '#table/keys.ts';
import { byHandKeys, dayOf, logKeys } from '#table/log-keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { betweenOf, momentOf, type ReportRecord, recordOf } from '../record.ts';
import { executionsOf } from './executions.ts';
import { type ReadSource, type SourceQuery, wantedValues } from './source-ports.ts';

const DAY_MS = 86_400_000;
const PAGE = 500;

/** Commands as records: those of executions that started in a period, then those that were sent by hand in it. */
export const readCommands: ReadSource = async function* ({ table }, query) {
  const workflows = wantedValues(query, 'workflow');
  const ofExecutions = { ...query, filters: workflows === undefined ? {} : { workflow: [...workflows] } };
  for await (const execution of executionsOf(table, ofExecutions)) {
    const partition = executionKeys.partition(execution.id);
    const commands = queryAll(table, { partition, prefix: executionKeys.commandPrefix, limit: PAGE });
    for await (const item of commands) yield commandRecord(fromCommandItem(item), execution);
  }
  if (workflows === undefined) yield* readByHand(table, query);
};

async function* readByHand(
  table: Table,
  { period: { from, to } }: SourceQuery,
): AsyncGenerator<ReportRecord> {
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < to; day += DAY_MS) {
    const query = { index: 'gsi1', partition: byHandKeys.partition(dayOf(day)), limit: PAGE } as const;
    for await (const item of queryAll(table, { ...query, from: logKeys.moment(Math.max(day, from)) })) {
      const command = fromCommandItem(item);
      if (command.queuedAt < to) yield commandRecord(command, undefined);
    }
  }
}

function commandRecord(command: Command, of: Pick<Execution, 'workflow' | 'version'> | undefined) {
  const { id, command: name, device, status, execution, step, path, attempt, priority } = command;
  const { queuedAt, sentAt, endedAt, error, cause, undoes, undoneBy, result } = command;
  return recordOf({
    ...{ id, command: name, device, status, execution, workflow: of?.workflow, version: of?.version },
    ...{ step, path, attempt, priority, error, cause, with: command.with, result },
    ...{ queuedAt: momentOf(queuedAt), sentAt: momentOf(sentAt), endedAt: momentOf(endedAt) },
    ...{ waitedMs: betweenOf(queuedAt, sentAt), durationMs: betweenOf(sentAt, endedAt) },
    ...{ isUndo: undoes !== undefined, isUndone: undoneBy !== undefined, isByHand: of === undefined },
  });
}
