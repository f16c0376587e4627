import { commandsOf } from '#devices/command-store.ts';
import type { ExecutionView } from '#executions/describe.ts';
import { getVersion } from '#executions/workflow-store.ts';
import type { Table } from '#table/table.ts';
import { executionSpans, isTraced } from './execution-spans.ts';
import type { TraceSpan } from './span.ts';

/** The spans of an execution that has ended; none of one that is not traced. */
export async function readSpans(table: Table, view: ExecutionView): Promise<readonly TraceSpan[]> {
  if (!isTraced(view)) return [];
  const [{ compiled }, commands] = await Promise.all([
    getVersion(table, view.workflow, view.version),
    commandsOf(table, view.id),
  ]);
  return executionSpans({ view, steps: compiled.steps, commands });
}
