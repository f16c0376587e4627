import { StepwrightError } from '#core/error.ts';
import { fromExecutionItem } from '#executions/execution.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { executionKeys } from '#table/keys.ts';
import { dayOf } from '#table/log-keys.ts';
import { rollupKeys } from '#table/rollup-keys.ts';
import { type Item, queryAll, type Table } from '#table/table.ts';
import { CountedEvents } from './counted-events.ts';
import { type Bucket, Cube, SPANS } from './cube.ts';
import { FAMILIES, type Family } from './facts.ts';
import { noteRebuild, type Rebuild } from './rebuild-store.ts';
import { type RecordPorts, recordedEvents } from './recorded-events.ts';
import { replaceGroup } from './rollup-store.ts';

/** What records tell of: units of pools and approvals count as they were told. */
const REBUILT: readonly Family[] = ['executions', 'steps', 'commands'];
/** Executions that began longer before a day than this are not looked at for it, in ms. */
const LOOK_BACK_MS = 7 * SPANS.day;
/** So often a day is begun: one that is too long for a call would keep all that comes after it from being counted. */
const MOST_TRIES = 3;

/** What was asked of a day. */
interface Day {
  readonly start: number;
  readonly end: number;
}

/**
 * Counts the next day of a rebuild anew from records and histories, and keeps that in the place of what there was. Broken off, it is done
 * again from its begin, some times; then it is given up. Nothing else may be counted meanwhile. What it has counted is noted, so that an
 * event of it which is told of later counts no more.
 *
 * @param upTo how far the feed has been counted.
 */
export async function rebuildDay(
  ports: RecordPorts & { now(): number },
  rebuild: Rebuild,
  upTo: string,
): Promise<void> {
  const day = { start: rebuild.next, end: rebuild.next + SPANS.day };
  const { table } = ports;
  const done = { ...rebuild, next: day.end, tries: 0 };
  if (rebuild.tries >= MOST_TRIES) {
    await noteRebuild(table, { ...done, givenUp: [...rebuild.givenUp, day.start] });
    return;
  }
  if (!(await noteRebuild(table, { ...rebuild, tries: rebuild.tries + 1 }))) return;
  const cube = new Cube();
  const counted = new CountedEvents(table);
  let executions = 0;
  for await (const item of executionsAround(table, day)) {
    const events = (await orNone(() => recordedEvents(ports, item))).map((event) => ({ event }));
    for (const { event } of await counted.claim(events)) cube.take(event);
    executions++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const kept = new Set<string>();
  for (const { group, ...bucket } of cube.groups()) {
    if (bucket.start < day.start || bucket.start >= day.end || !REBUILT.includes(bucket.family)) continue;
    await replaceGroup(table, bucket, { group, upTo });
    kept.add(keyOf(bucket));
  }
  await dropOthers(table, day, kept);
  await counted.note(ports.now());
  await noteRebuild(table, { ...done, executions: rebuild.executions + executions });
}

/** Executions that may have left something in a day. */
async function* executionsAround(table: Table, { start, end }: Day): AsyncGenerator<Item> {
  for (let at = start - LOOK_BACK_MS; at < end; at += SPANS.day) {
    const query = { index: 'gsi2', partition: executionKeys.byDay(dayOf(at)) } as const;
    for await (const item of queryAll(table, query)) {
      const { endedAt = Number.POSITIVE_INFINITY } = fromExecutionItem(item);
      if (endedAt >= start) yield item;
    }
  }
}

/** One that retention deletes meanwhile is not counted. */
async function orNone(read: () => Promise<readonly MonitoringEvent[]>): Promise<readonly MonitoringEvent[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StepwrightError && error.kind === 'not-found') return [];
    throw error;
  }
}

/** Cells of the day that there are records of no more. */
async function dropOthers(table: Table, { start, end }: Day, kept: ReadonlySet<string>): Promise<void> {
  for (const family of REBUILT)
    for (const dimension of FAMILIES[family]) {
      const buckets = bucketsOf({ family, dimension }, { start, end }).filter(
        (each) => !kept.has(keyOf(each)),
      );
      await Promise.all(buckets.map((each) => table.delete(rollupKeys.cells(each, each.start))));
    }
}

/** The day itself, and its hours. */
function bucketsOf(of: Pick<Bucket, 'family' | 'dimension'>, { start, end }: Day): readonly Bucket[] {
  const hours = Array.from({ length: (end - start) / SPANS.hour }, (_, at) => start + at * SPANS.hour);
  return [{ ...of, by: 'day', start }, ...hours.map((hour): Bucket => ({ ...of, by: 'hour', start: hour }))];
}

function keyOf({ by, family, dimension, start }: Bucket): string {
  return `${by} ${family} ${dimension} ${start}`;
}
