import { createHash } from 'node:crypto';
import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { eventKeys, taskKeys } from '#table/keys.ts';
import { ConditionFailed, queryAll, type Table } from '#table/table.ts';
import type { EventWait } from './event-wait.ts';

/** An event that is known by a key: one that is kept, or that its teller has given an id. Times are ms since the Unix epoch. */
export const KnownEventSchema = z.object({
  key: z.string(),
  name: z.string(),
  data: JsonSchema,
  at: z.number(),
  /** Until when steps that begin to wait get it. */
  until: z.number(),
});

/** An event that is known by a key. */
export type KnownEvent = z.infer<typeof KnownEventSchema>;

/** For how long an event with the same id is the same event. In ms. */
const REMEMBERED_MS = 24 * 3_600_000;

/** How far an event with an id has been told. */
export interface Telling {
  /** Whether nobody has begun to tell it before. */
  readonly isNew: boolean;
  /** When it was told first. */
  readonly at: number;
  /** How many steps took it, once it has been told whole. */
  readonly taken: number | undefined;
}

const TellingSchema = z.object({ at: z.number(), taken: z.number().optional() });

/** Notes that an event with an id is told. Told before, it gives what was noted then. */
export async function beginTelling(
  table: Table,
  event: { readonly name: string; readonly id: string; readonly at: number },
): Promise<Telling> {
  const key = eventKeys.told(event.name, hashOf(event.id));
  const known = await table.get(key);
  if (known !== undefined && event.at < Number(known['at']) + REMEMBERED_MS) return telling(known);
  try {
    const condition =
      known === undefined ? { exists: false } : { attribute: 'at', equals: Number(known['at']) };
    await table.put({ ...key, at: event.at, expiresAt: secondsAfter(event.at + REMEMBERED_MS) }, condition);
    return { isNew: true, at: event.at, taken: undefined };
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return beginTelling(table, event);
  }
}

function telling(item: unknown): Telling {
  const { at, taken } = TellingSchema.parse(item);
  return { isNew: false, at, taken };
}

/** Notes how many steps took an event with an id. */
export async function endTelling(
  table: Table,
  { name, id, taken }: { readonly name: string; readonly id: string; readonly taken: number },
): Promise<void> {
  await table.update({ key: eventKeys.told(name, hashOf(id)), set: { taken } });
}

/** The key of an event that has an id. */
export function keyOfId(id: string): string {
  return `id-${hashOf(id)}`;
}

/** Keeps an event for steps that begin to wait for it in time. */
export async function keepEvent(table: Table, event: KnownEvent): Promise<void> {
  const { name, at, key, until } = event;
  await table.put({ ...eventKeys.kept(name, at, key), ...event, expiresAt: secondsAfter(until) });
}

/** The events of a name that are kept now, the oldest first. */
export async function* keptEvents(table: Table, name: string, now: number): AsyncGenerator<KnownEvent> {
  const query = { partition: eventKeys.partition(name), prefix: eventKeys.keptPrefix };
  for await (const item of queryAll(table, query)) {
    const event = KnownEventSchema.parse(item);
    if (event.until > now) yield event;
  }
}

/** Whether a step waited when an event was told first, or is asked about later. */
export type Hearing = 'waiting' | 'later';

/**
 * Whether a step may take an event that is known by a key, and notes that it does. Those that wait when it is told first all may.
 * Later, an execution that has taken it does not get it again: what then begins to wait waits for another one.
 */
export async function hear(
  table: Table,
  wait: EventWait,
  { event, hearing }: { readonly event: KnownEvent; readonly hearing: Hearing },
): Promise<boolean> {
  const execution = wait.id.slice(0, wait.id.indexOf(':'));
  const own = `by-${hashOf(wait.id)}`;
  const mayTake = hearing === 'waiting' || wait.since < event.at;
  const expiresAt = secondsAfter(Math.max(event.until, event.at + REMEMBERED_MS));
  const note = { key: taskKeys.heard(execution, event.key), set: { [own]: true, expiresAt } };
  try {
    const ifNew = { any: [{ exists: false }, { attribute: own, present: true }] } as const;
    await table.update(mayTake ? note : { ...note, condition: ifNew });
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

function secondsAfter(ms: number): number {
  return Math.ceil(ms / 1_000);
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22);
}
