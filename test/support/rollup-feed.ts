import { GroupDataSchema } from '#analytics/rollups/cell-group.ts';
import { Cube, type Span } from '#analytics/rollups/cube.ts';
import { FAMILIES, type Family } from '#analytics/rollups/facts.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import type { EventFeed } from '#monitoring/feed/feed.ts';
import { eventTest } from '#monitoring/feed/filter.ts';
import { rollupKeys } from '#table/rollup-keys.ts';
import { queryAll, type Table } from '#table/table.ts';

/** A feed of a list, by place; what is pushed later comes later. */
export function listFeed(events: readonly MonitoringEvent[]): EventFeed {
  const cursorOf = (at: number): string => String(at).padStart(6, '0');
  return {
    read: async ({ after = '000000', filter, limit }) => {
      const isWanted = eventTest(filter);
      const entries: { cursor: string; event: MonitoringEvent }[] = [];
      let at = Number(after);
      for (; at < events.length && entries.length < limit; at++) {
        const event = events[at];
        if (event !== undefined && isWanted(event)) entries.push({ cursor: cursorOf(at + 1), event });
      }
      return { entries, cursor: cursorOf(at), more: at < events.length, gap: false };
    },
  };
}

/** What a cube has counted, by bucket, as it would be kept. */
export function figuresOfCube(cube: Cube): Readonly<Record<string, unknown>> {
  const entries = [...cube.groups()].map(({ group, by, family, dimension, start }) => {
    const { pk, sk } = rollupKeys.cells({ by, family, dimension }, start);
    return [`${pk} ${sk}`, group.save()] as const;
  });
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What is kept of all rollups, by bucket. */
export async function figuresKept(
  table: Table,
  families: readonly Family[] = ['executions', 'steps', 'commands', 'pools', 'approvals'],
): Promise<Readonly<Record<string, unknown>>> {
  const found: (readonly [string, unknown])[] = [];
  for (const family of families)
    for (const dimension of FAMILIES[family])
      for (const by of ['hour', 'day'] satisfies Span[])
        for await (const { pk, sk, cells } of queryAll(table, {
          partition: rollupKeys.partition({ by, family, dimension }),
        }))
          found.push([`${pk} ${sk}`, GroupDataSchema.parse(cells)]);
  return Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What was counted when each of some events is counted once. */
export function figuresOf(events: readonly MonitoringEvent[]): Readonly<Record<string, unknown>> {
  const cube = new Cube();
  const known = new Map(events.map((event) => [event.id, event]));
  for (const event of known.values()) cube.take(event);
  return figuresOfCube(cube);
}
