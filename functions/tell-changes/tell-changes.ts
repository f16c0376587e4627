import type { RecordChange } from '#monitoring/events/change-of.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { eventsOf, isTold } from '#monitoring/events/events-of.ts';
import { WorkflowMemory, withWorkflow } from '#monitoring/events/with-workflow.ts';
import { type TellPorts, tellAll } from '#monitoring/telling/tell.ts';
import type { Table } from '#table/table.ts';
import { toRecordChange } from './stream-change.ts';

/** What telling of changes takes. */
export interface TellChangesPorts extends TellPorts {
  readonly table: Pick<Table, 'get'>;
  /** Told of a change that could not be told of; the others are. */
  onDefect(error: unknown): void;
}

/**
 * Tells of changes of the table, in the order of the stream. Throws when somebody could not be told: the stream gives the same
 * records again then.
 */
export function createTellChanges(ports: TellChangesPorts): (records: readonly unknown[]) => Promise<void> {
  const workflows = new WorkflowMemory();
  const read = ports.table.get.bind(ports.table);
  const named = async (event: MonitoringEvent): Promise<MonitoringEvent> =>
    event.execution === undefined
      ? event
      : withWorkflow(event, await workflows.findOrAsk(event.execution, read));
  const tellers = (change: RecordChange | undefined): readonly MonitoringEvent[] => {
    if (change === undefined || !isTold(change.key)) return [];
    workflows.learn(change);
    return eventsOf(change);
  };
  return async (records) => {
    const events: MonitoringEvent[] = [];
    for (const record of records) {
      for (const event of orNone(() => tellers(toRecordChange(record)), ports))
        events.push(await named(event));
    }
    await tellAll(ports, events);
  };
}

/** A record that is not as it should be must not hold up all that come after it. */
function orNone(
  make: () => readonly MonitoringEvent[],
  { onDefect }: TellChangesPorts,
): readonly MonitoringEvent[] {
  try {
    return make();
  } catch (error) {
    onDefect(error);
    return [];
  }
}
