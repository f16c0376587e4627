import { newId } from '#core/id.ts';
import { offerEvent } from './await-event.ts';
import { type EventWait, type SignalEvent, waitsFor } from './event-wait.ts';
import {
  beginTelling,
  endTelling,
  hear,
  type KnownEvent,
  keepEvent,
  keyOfId,
  type Telling,
} from './kept-event.ts';
import type { SignalPorts } from './ports.ts';

/** An event as it is told to all. */
export interface PublishedEvent extends SignalEvent {
  /** The same for the same event told twice, within a day: it is taken once. */
  readonly id?: string | undefined;
  /** How long steps that begin to wait later get it, too. In ms; default: not at all. */
  readonly keepMs?: number | undefined;
}

/** What came of telling an event. */
export interface Published {
  /** How many steps have taken it. */
  readonly taken: number;
  /** Whether it was told before; nothing was done then. */
  readonly isRepeated: boolean;
}

/**
 * Tells every task that waits for it of an event. An id makes that safe to repeat: told again after it was told whole, nothing
 * happens; after a telling that broke off, it goes on, and no execution takes it twice.
 */
export async function tellAll(ports: SignalPorts, event: PublishedEvent): Promise<Published> {
  const { name, id } = event;
  const now = ports.clock.now();
  const telling =
    id === undefined
      ? { isNew: true, at: now, taken: undefined }
      : await beginTelling(ports.table, { name, id, at: now });
  if (telling.taken !== undefined) return { taken: telling.taken, isRepeated: true };
  const taken = await tell(ports, event, telling);
  if (id !== undefined) await endTelling(ports.table, { name, id, taken });
  return { taken, isRepeated: false };
}

async function tell(ports: SignalPorts, event: PublishedEvent, telling: Telling): Promise<number> {
  const known = knownEvent(ports, event, telling.at);
  // Kept first: a step that begins to wait while the others are told finds it.
  if (event.keepMs !== undefined && known !== undefined) await keepEvent(ports.table, known);
  let taken = 0;
  for await (const wait of known === undefined
    ? waitsFor(ports.table, event)
    : await waitingNow(ports, event)) {
    const hearing = telling.isNew ? 'waiting' : 'later';
    const mayHear = async () => known === undefined || hear(ports.table, wait, { event: known, hearing });
    if (await offerEvent(ports, wait, { event: event.data, mayHear })) taken++;
  }
  return taken;
}

/** All of them, before one is answered: an execution that takes the event may wait once more a moment later. */
function waitingNow({ table }: SignalPorts, event: PublishedEvent): Promise<readonly EventWait[]> {
  return Array.fromAsync(waitsFor(table, event));
}

/** Only what may come to a step twice has to be known again. */
function knownEvent(
  { clock, random }: SignalPorts,
  event: PublishedEvent,
  at: number,
): KnownEvent | undefined {
  const { id, keepMs, name, data } = event;
  if (id === undefined && keepMs === undefined) return undefined;
  const key = id === undefined ? newId(clock, random) : keyOfId(id);
  return { key, name, data, at, until: at + (keepMs ?? 0) };
}
