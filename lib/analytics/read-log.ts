import { dayOf, type LogName, logKeys } from '#table/log-keys.ts';
import { type Item, queryAll, type Table } from '#table/table.ts';
import { type DecisionRecord, type RouteRecord, toDecisionRecord, toRouteRecord } from './record.ts';

/** From a time on, that counts in, to one that does not; ms since the Unix epoch. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** What is read of a log, and in which order of time. */
export interface LogQuery extends Period {
  readonly newestFirst?: boolean;
  /** Go on after a record: the place of it. */
  readonly after?: string;
}

/** A record with its place, after which reading can go on. */
export interface Placed<Record> {
  readonly record: Record;
  readonly place: string;
}

const DAY_MS = 86_400_000;
/** Items that are read of a partition at once. */
const PAGE = 250;

/** The decisions of a name that were logged, in the order of time: day by day, and of each day its partitions side by side. */
export async function* readDecisions(
  table: Table,
  name: string,
  query: LogQuery,
): AsyncGenerator<Placed<DecisionRecord>> {
  for await (const item of readItems(table, { kind: 'decision', name }, query))
    yield { record: toDecisionRecord(item), place: item.gsi1sk ?? '' };
}

/** The choices of devices for steps of a workflow, in the order of time. */
export async function* readRoutes(
  table: Table,
  workflow: string,
  query: LogQuery,
): AsyncGenerator<Placed<RouteRecord>> {
  for await (const item of readItems(table, { kind: 'route', name: workflow }, query))
    yield { record: toRouteRecord(item), place: item.gsi1sk ?? '' };
}

async function* readItems(table: Table, log: LogName, query: LogQuery): AsyncGenerator<Item> {
  for (const day of daysOf(query)) {
    const parts = logKeys.partitions(log, day).map((partition) => readPartition(table, partition, query));
    yield* merged(parts, query.newestFirst === true ? -1 : 1);
  }
}

/** The days of a period in the order in which they are read, from the place on. */
function daysOf({ from, to, newestFirst = false, after }: LogQuery): readonly string[] {
  const at = after === undefined ? undefined : Number(after.split('#')[0]);
  const first = newestFirst ? from : Math.max(from, at ?? from);
  const last = newestFirst ? Math.min(to - 1, at ?? to) : to - 1;
  const days: string[] = [];
  for (let day = Math.floor(first / DAY_MS); day * DAY_MS <= last; day++) days.push(dayOf(day * DAY_MS));
  return newestFirst ? days.reverse() : days;
}

async function* readPartition(
  table: Table,
  partition: string,
  { from, to, newestFirst: descending = false, after }: LogQuery,
): AsyncGenerator<Item> {
  const [low, high] = [logKeys.moment(from), logKeys.moment(to)];
  const query = { index: 'gsi1', partition, descending, limit: PAGE } as const;
  for await (const item of queryAll(table, { ...query, from: after ?? (descending ? high : low) })) {
    const { gsi1sk = '' } = item;
    if (descending ? gsi1sk < low : gsi1sk >= high) return;
    if (gsi1sk !== after) yield item;
  }
}

/** What several streams give, each in order, in one order. */
async function* merged(parts: readonly AsyncGenerator<Item>[], direction: 1 | -1): AsyncGenerator<Item> {
  const heads = await Promise.all(parts.map(async (part) => ({ part, item: (await part.next()).value })));
  try {
    for (;;) {
      let best: { readonly part: AsyncGenerator<Item>; item: Item | undefined } | undefined;
      for (const head of heads) {
        if (
          head.item !== undefined &&
          (best?.item === undefined || isBefore(head.item, best.item, direction))
        )
          best = head;
      }
      if (best?.item === undefined) return;
      yield best.item;
      best.item = (await best.part.next()).value;
    }
  } finally {
    await Promise.all(parts.map((part) => part.return(undefined)));
  }
}

function isBefore({ gsi1sk: one = '' }: Item, { gsi1sk: other = '' }: Item, direction: 1 | -1): boolean {
  return direction === 1 ? one < other : one > other;
}
