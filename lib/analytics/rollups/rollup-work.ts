import { rebuildDay } from './rebuild.ts';
import { findRebuild } from './rebuild-store.ts';
import type { RecordPorts } from './recorded-events.ts';
import { type Rolled, Roller, type RollerPorts } from './roller.ts';

/** What counting and counting anew works with. */
export type RollupPorts = RollerPorts & RecordPorts;

/**
 * The next piece of work of who counts: a day that is to be counted anew, or else about so many events of the feed. Two pieces must not
 * be under way at once.
 */
export async function rollupWork(ports: RollupPorts, most: number): Promise<Rolled> {
  const roller = new Roller(ports);
  const rebuild = await findRebuild(ports.table);
  if (rebuild === undefined || rebuild.next >= rebuild.to) return roller.rollOn(most);
  const upTo = (await roller.cursor)?.cursor ?? ports.beginning();
  const { table, engine, clock } = ports;
  await rebuildDay({ table, engine, now: () => clock.now() }, rebuild, upTo);
  return { events: 0, more: true };
}
