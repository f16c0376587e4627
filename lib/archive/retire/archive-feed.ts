import * as z from 'zod';
import { MonitoringEventSchema } from '#monitoring/events/event.ts';
import { feedKeys } from '#table/feed-keys.ts';
import { retentionKeys } from '#table/retention-keys.ts';
import { queryAll } from '#table/table.ts';
import { ArchiveBatch } from '../write/archive-batch.ts';
import { lineOf } from '../write/line-of.ts';
import type { Pace, Retired, RetirePorts } from './ports.ts';

const PartSchema = z.object({ events: z.array(MonitoringEventSchema) });

/** So long are events kept in the feed, in ms; they expire there by themselves. */
const KEPT_MS = 7 * 86_400_000;

/** Archives the events that the feed of the table has of each hour that is over by some time, and notes how far that has come. */
export async function archiveFeed(
  ports: RetirePorts,
  { afterMs, pace }: { readonly afterMs: number; readonly pace: Pace },
): Promise<Retired> {
  const { table, archive, clock } = ports;
  if (archive === undefined) return { gone: 0, isDone: true };
  const key = retentionKeys.progress('events');
  const noted = Number((await table.get(key))?.['hour'] ?? 0);
  const oldest = hourOf(clock.now() - KEPT_MS);
  const end = hourOf(clock.now() - afterMs);
  let gone = 0;
  for (let hour = Math.max(noted, oldest); hour < end; hour++) {
    if (pace.isOver()) return { gone, isDone: false };
    const batch = new ArchiveBatch({ ...ports, archive });
    for await (const item of queryAll(table, { partition: feedKeys.partition(hour * feedKeys.hourMs) })) {
      for (const event of PartSchema.parse(item).events) {
        await batch.add('events', lineOf(event));
        gone++;
      }
    }
    await batch.commit();
    await table.put({ ...key, hour: hour + 1 });
  }
  return { gone, isDone: true };
}

function hourOf(time: number): number {
  return Math.floor(time / feedKeys.hourMs);
}
