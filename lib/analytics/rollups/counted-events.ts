import * as z from 'zod';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { rollupKeys } from '#table/rollup-keys.ts';
import type { Table } from '#table/table.ts';

/** What was counted of an execution is known for so long, in ms: who rolls it back later has its steps told, and counted, again. */
const KEEP_MS = 90 * 86_400_000;
/** So many iterations share an item, which holds 400 KB. */
const ITERATIONS = 500;
const AT_ONCE = 25;

const CountedSchema = z.object({ ids: z.string() });

interface Part {
  readonly execution: string;
  readonly part: number;
  readonly before: ReadonlySet<string>;
  readonly fresh: string[];
}

/**
 * Which events were counted already, by hashes of their ids, in few items for each execution: an event may come twice, at once or weeks
 * later. To note that they are counted is a step of its own, to be made once they are.
 */
export class CountedEvents {
  readonly #table: Pick<Table, 'get' | 'put'>;
  readonly #parts = new Map<string, Part>();

  constructor(table: Pick<Table, 'get' | 'put'>) {
    this.#table = table;
  }

  /** Those of some events that were not counted before, each once. */
  async fresh<Placed extends { readonly event: MonitoringEvent }>(
    placed: readonly Placed[],
  ): Promise<readonly Placed[]> {
    await this.#read(placed.map(({ event }) => event));
    return placed.filter(({ event }) => {
      const part = this.#parts.get(keyOf(event));
      const id = hashOf(event.id);
      if (part === undefined || part.before.has(id) || part.fresh.includes(id)) return false;
      part.fresh.push(id);
      return true;
    });
  }

  /** Some events, each once, whether they were counted before or not: they are to be counted anew. */
  async claim<Placed extends { readonly event: MonitoringEvent }>(
    placed: readonly Placed[],
  ): Promise<readonly Placed[]> {
    await this.fresh(placed);
    return [...new Map(placed.map((each) => [each.event.id, each])).values()];
  }

  /** Puts on record that they are counted. */
  async note(now: number): Promise<void> {
    const changed = [...this.#parts.values()].filter(({ fresh }) => fresh.length > 0);
    const expiresAt = Math.ceil((now + KEEP_MS) / 1_000);
    await inTurns(changed, async ({ execution, part, before, fresh }) => {
      const ids = [...before, ...fresh].join(' ');
      await this.#table.put({ ...rollupKeys.counted(execution, part), ids, expiresAt });
    });
  }

  async #read(events: readonly MonitoringEvent[]): Promise<void> {
    const unread = new Map(events.map((event) => [keyOf(event), event]));
    for (const key of this.#parts.keys()) unread.delete(key);
    await inTurns([...unread], async ([key, event]) => {
      const [execution, part] = [ownerOf(event), partOf(event)];
      const item = await this.#table.get(rollupKeys.counted(execution, part));
      const before = item === undefined ? [] : CountedSchema.parse(item).ids.split(' ');
      this.#parts.set(key, { execution, part, before: new Set(before), fresh: [] });
    });
  }
}

async function inTurns<Entry>(
  entries: readonly Entry[],
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < entries.length; from += AT_ONCE)
    await Promise.all(entries.slice(from, from + AT_ONCE).map(work));
}

/** What is counted is of an execution, but for commands by hand, of which nothing is. */
function ownerOf({ execution, command, id }: MonitoringEvent): string {
  return execution ?? command ?? id;
}

/** Iterations are divided by the greatest number in the path. */
function partOf({ path = '' }: MonitoringEvent): number {
  const indices = [...path.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index));
  return Math.floor(Math.max(0, ...indices) / ITERATIONS);
}

function keyOf(event: MonitoringEvent): string {
  return `${partOf(event)} ${ownerOf(event)}`;
}

/** 52 bits of two hashes (FNV-1a, with two beginnings): of the thousands of events of an execution, none is like another. */
function hashOf(text: string): string {
  let [one, other] = [0x811c9dc5, 0x1000193];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193) >>> 0;
    other = Math.imul(other ^ code, 0x85ebca6b) >>> 0;
  }
  return (one * 0x100000 + (other >>> 12)).toString(36);
}
