import { type Execution, fromExecutionItem } from '#executions/execution.ts';
import { executionKeys } from '#table/keys.ts';
import { dayOf } from '#table/log-keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { betweenOf, momentOf, recordOf } from '../record.ts';
import { type ReadSource, type SourceQuery, wantedValues } from './source-ports.ts';

const DAY_MS = 86_400_000;
const PAGE = 500;

/** Executions that started in a period, day by day; those of other workflows, versions and statuses are passed over. */
export async function* executionsOf(table: Table, query: SourceQuery): AsyncGenerator<Execution> {
  const { from, to } = query.period;
  const workflows = wantedValues(query, 'workflow');
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < to; day += DAY_MS) {
    const partition = executionKeys.byDay(dayOf(day));
    for await (const item of queryAll(table, { index: 'gsi2', partition, limit: PAGE })) {
      const startedAt = Number(item['startedAt']);
      if (startedAt < from || startedAt >= to) continue;
      if (workflows !== undefined && !workflows.includes(String(item['workflow']))) continue;
      yield fromExecutionItem(item);
    }
  }
}

/** Executions as records. */
export const readExecutions: ReadSource = async function* ({ table }, query) {
  for await (const execution of executionsOf(table, query)) yield executionRecord(execution);
};

function executionRecord(execution: Execution) {
  const { id, workflow, version, alias, status, error, cause, startedBy, input, output } = execution;
  const { startedAt, endedAt, redriveCount = 0, pausedAt, parent } = execution;
  return recordOf({
    ...{ id, workflow, version, alias, status, error, cause, startedBy, input, output },
    ...{
      startedAt: momentOf(startedAt),
      endedAt: momentOf(endedAt),
      durationMs: betweenOf(startedAt, endedAt),
    },
    ...{ redrives: redriveCount, isPaused: pausedAt !== undefined, isCalled: parent !== undefined },
  });
}
