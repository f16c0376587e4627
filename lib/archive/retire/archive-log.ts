import type { EventLog } from '#monitoring/feed/event-log.ts';
import type { Database } from '#storage/database.ts';
import { ArchiveBatch } from '../write/archive-batch.ts';
import { lineOf } from '../write/line-of.ts';
import type { Pace, RetirePorts } from './ports.ts';

/** What archiving the log of the embedded runtime takes. */
export interface LogPorts extends Pick<RetirePorts, 'archive' | 'clock' | 'random'> {
  readonly log: EventLog;
  readonly database: Database;
}

/** Under which name the log knows how far its archive has come. */
const READER = 'archive';
/** So many events go together; fewer only when they are so old that they should. */
const TOGETHER = 10_000;
const AT_ONCE = 1_000;

/**
 * Archives events that have stood in the log for some time, many in one part. Gives the position up to which all are archived, or need not
 * be; the log may drop those, and no others.
 */
export async function archiveLog(
  ports: LogPorts,
  { afterMs, pace }: { readonly afterMs: number; readonly pace: Pace },
): Promise<number> {
  const { archive, log, database, clock } = ports;
  if (archive === undefined) return log.last;
  let archived = Math.max(log.readerPosition(READER) ?? 0, log.first - 1);
  while (!pace.isOver()) {
    const waiting = log.last - archived;
    if (waiting === 0 || (waiting < TOGETHER && !isOlder(log, archived, clock.now() - afterMs))) break;
    const batch = new ArchiveBatch({ ...ports, archive });
    const end = Math.min(log.last, archived + TOGETHER);
    for (let position = archived; position < end; ) {
      const page = log.entriesAfter(position, { filter: {}, limit: Math.min(AT_ONCE, end - position) });
      for (const { event } of page.entries) await batch.add('events', lineOf(event));
      position = page.position;
      await pace.rest();
    }
    await batch.commit();
    archived = end;
    await database.commit(() => log.noteReader(READER, end));
  }
  return archived;
}

function isOlder(log: EventLog, position: number, than: number): boolean {
  const [first] = log.entriesAfter(position, { filter: {}, limit: 1 }).entries;
  return first !== undefined && Date.parse(first.event.at) < than;
}
