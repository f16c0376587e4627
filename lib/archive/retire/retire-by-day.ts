import type { JsonObject } from '#core/json.ts';
import type { Item, Query } from '#table/table.ts';
import { ArchiveBatch } from '../write/archive-batch.ts';
import { dayOf, daysFrom } from './days.ts';
import type { Pace, Retired, RetirePorts } from './ports.ts';
import { firstDay, noteFirstDay } from './progress.ts';

/** What retiring records of one kind takes that an index has by day. */
export interface ByDay<Found> {
  readonly kind: 'commands' | 'notifications';
  /** Those that ended before this time are over, in ms since the epoch. */
  readonly before: number;
  /** Those of a day. */
  query(day: string): Query;
  read(item: Item): Found;
  isDue(found: Found): boolean;
  toLine(found: Found): Promise<JsonObject>;
  /** Deletes it; false where it has changed since it was read, and stays for the next round. */
  drop(found: Found): Promise<boolean>;
}

/** Archives and deletes what is over of one kind, day by day. */
export async function retireByDay<Found>(
  ports: RetirePorts,
  pace: Pace,
  what: ByDay<Found>,
): Promise<Retired> {
  const { table } = ports;
  const { kind, before } = what;
  if (!Number.isFinite(before)) return { gone: 0, isDone: true };
  const first = await firstDay(table, kind);
  const last = dayOf(before);
  let gone = 0;
  let from: string | undefined;
  for (const day of daysFrom(first, last)) {
    if (pace.isOver()) return { gone, isDone: false };
    let [left, cursor]: [number, string | undefined] = [0, undefined];
    do {
      const page = await table.query({ ...what.query(day), ...(cursor === undefined ? {} : { cursor }) });
      const due = page.items.map(what.read).filter(what.isDue);
      const done = await retireSome(ports, what, due);
      left += page.items.length - done;
      gone += done;
      cursor = page.cursor;
      await pace.rest();
    } while (cursor !== undefined);
    if (left > 0 || day === last) from ??= day;
  }
  if (from !== undefined && from !== first) await noteFirstDay(table, kind, from);
  return { gone, isDone: true };
}

/** Gives how many are gone. */
async function retireSome<Found>(
  ports: RetirePorts,
  { kind, toLine, drop }: ByDay<Found>,
  due: readonly Found[],
): Promise<number> {
  const { archive } = ports;
  if (archive !== undefined && due.length > 0) {
    const batch = new ArchiveBatch({ ...ports, archive });
    for (const found of due) await batch.add(kind, await toLine(found));
    await batch.commit();
  }
  let gone = 0;
  for (const found of due) if (await drop(found)) gone++;
  return gone;
}
