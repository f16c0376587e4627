import { type RollupPorts, rollupWork } from '#analytics/rollups/rollup-work.ts';

/** Events of one piece of work. */
const EVENTS_AT_ONCE = 2_000;

/** What one call has done. */
export interface RolledUp {
  readonly events: number;
  /** Whether there is more: the next call goes on. */
  readonly more: boolean;
}

/** Counts what the feed tells, piece by piece, until there is no more or the time is up. */
export function createRollUp(ports: RollupPorts, mostMs: number): () => Promise<RolledUp> {
  return async () => {
    const until = ports.clock.now() + mostMs;
    let events = 0;
    for (;;) {
      const rolled = await rollupWork(ports, EVENTS_AT_ONCE);
      events += rolled.events;
      if (!rolled.more || ports.clock.now() >= until) return { events, more: rolled.more };
    }
  };
}
