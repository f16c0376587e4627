import { describeExecution } from '#executions/describe.ts';
import { fromExecutionItem, isFinal } from '#executions/execution.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { eventsOf } from '#monitoring/events/events-of.ts';
import { lastEventsOf } from '#monitoring/events/step-events.ts';
import { withWorkflow } from '#monitoring/events/with-workflow.ts';
import { executionKeys } from '#table/keys.ts';
import { type Item, queryAll } from '#table/table.ts';

/** What records are read by. */
export type RecordPorts = Pick<ExecutionPorts, 'table' | 'engine'>;

/**
 * The events that the records of an execution tell of for good: that it started, how it ended, how its commands and steps did, and what it
 * has taken. They are made as they were when it happened, with the same ids. What records do not keep is not among them: ends before a
 * redrive, or before an operator rolled it back.
 */
export async function recordedEvents(ports: RecordPorts, item: Item): Promise<readonly MonitoringEvent[]> {
  const { pk, sk } = item;
  const { id, workflow, version, status, endedAt } = fromExecutionItem(item);
  const key = { pk, sk };
  const events = [...eventsOf({ key, before: undefined, after: item, at: 0 })];
  const prefix = executionKeys.commandPrefix;
  for await (const after of queryAll(ports.table, { partition: pk, prefix })) {
    const told = eventsOf({ key: { pk, sk: after.sk }, before: undefined, after, at: 0 });
    events.push(...told.map((event) => withWorkflow(event, { workflow, version })));
  }
  if (!isFinal(status) || endedAt === undefined) return events;
  const before: Item = { ...item, status: 'RUNNING' };
  const view = await describeExecution(ports, id, { withTaken: true });
  return [...events, ...eventsOf({ key, before, after: item, at: endedAt }), ...lastEventsOf(view, endedAt)];
}
