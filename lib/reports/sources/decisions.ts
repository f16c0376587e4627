import { readDecisions as readLog } from '#analytics/read-log.ts';
import type { DecisionRecord } from '#analytics/record.ts';
import { DECISIONS } from '#executions/decision-store.ts';
import type { Table } from '#table/table.ts';
import { momentOf, recordOf } from '../record.ts';
import { type ReadSource, wantedValues } from './source-ports.ts';

/** Decisions that steps have asked for, as records: of each name, its log. */
export const readDecisions: ReadSource = async function* ({ table }, query) {
  const wanted = wantedValues(query, 'decision');
  for await (const name of wanted ?? allNames(table)) {
    for await (const { record } of readLog(table, name, query.period)) yield decisionRecord(record);
  }
};

function decisionRecord(record: DecisionRecord) {
  const { id, decision, version, asked, side, at, latencyMs, execution, workflow, workflowVersion } = record;
  const { path, outcome, otherwise = false, error, chosen, features } = record;
  return recordOf({
    ...{
      id,
      decision,
      version,
      asked,
      side,
      at: momentOf(at),
      latencyMs,
      execution,
      workflow,
      workflowVersion,
    },
    ...{ path, outcome: outcome?.status, isSuccess: outcome?.success, isOtherwise: otherwise, error },
    ...{ chosen, features },
  });
}

async function* allNames(table: Table): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const page = await DECISIONS.list(table, cursor === undefined ? {} : { cursor });
    for (const { name } of page.summaries) yield name;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
