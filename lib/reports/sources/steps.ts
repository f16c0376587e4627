import { describeExecution } from '#executions/describe.ts';
import { betweenOf, momentOf, recordOf } from '../record.ts';
import { executionsOf } from './executions.ts';
import type { ReadSource } from './source-ports.ts';

/** Steps of executions as records. No record is kept of a step: the history of each execution is read and folded. */
export const readSteps: ReadSource = async function* (ports, query) {
  const { table } = ports;
  const ofExecution = { ...query, filters: onlyOfExecutions(query.filters) };
  for await (const { id: execution, workflow, version } of executionsOf(table, ofExecution)) {
    const { steps } = await describeExecution(ports, execution);
    for (const step of steps) {
      const { id, path, status, attempts, device, startedAt, endedAt, error, cause, isCached = false } = step;
      yield recordOf({
        ...{ id, path, status, attempts, device, error, cause, isCached, execution, workflow, version },
        ...{ startedAt: momentOf(startedAt), endedAt: momentOf(endedAt) },
        durationMs: betweenOf(startedAt, endedAt),
      });
    }
  }
};

/** The status of a step is another one than that of its execution. */
function onlyOfExecutions({ workflow }: Parameters<ReadSource>[1]['filters']) {
  return workflow === undefined ? {} : { workflow };
}
