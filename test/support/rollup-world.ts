import { Cube } from '#analytics/rollups/cube.ts';
import { noteRollupCursor, replaceGroup } from '#analytics/rollups/rollup-store.ts';
import { isoOf, type MonitoringEvent } from '#monitoring/events/event.ts';
import type { EventKind } from '#monitoring/events/kinds.ts';
import type { Table } from '#table/table.ts';

/** An event in few words; its data is that of any kind that is counted. */
export function told(
  kind: EventKind,
  at: number,
  { workflow = 'rollout', path, ...data }: Readonly<Record<string, string | number | undefined>> = {},
): MonitoringEvent {
  return {
    ...{ v: 1, id: `${kind}/${at}`, kind, at: isoOf(at), execution: 'x' },
    ...{ workflow: String(workflow), version: '1.0.0' },
    ...(path === undefined ? {} : { path: String(path) }),
    data: Object.fromEntries(
      Object.entries(data).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  };
}

/** Keeps what is counted of events, as if they had been told. */
export async function keepCounted(
  table: Table,
  events: readonly MonitoringEvent[],
  now: number,
): Promise<void> {
  const cube = new Cube();
  for (const event of events) cube.take(event);
  for (const { group, ...bucket } of cube.groups()) await replaceGroup(table, bucket, { group, upTo: '0' });
  await noteRollupCursor(table, { cursor: '0', at: now }, undefined);
}
