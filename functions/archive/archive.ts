import { goingTimes, type RetentionTimes, STEP_FUNCTIONS_KEEPS_MS } from '#archive/retention-times.ts';
import { archiveFeed } from '#archive/retire/archive-feed.ts';
import type { Pace, Retired, RetirePorts } from '#archive/retire/ports.ts';
import { retireRound } from '#archive/retire/retire-round.ts';

/** What archiving takes on AWS. */
export interface ArchivePorts extends RetirePorts {
  readonly times: RetentionTimes;
  onDefect(error: unknown): void;
}

/** So long a call works, in ms; what is left then is for the next one, which goes on where this one was. */
const WORK_MS = 8 * 60_000;
/** So many executions are read at once: most of their time is waiting for Step Functions. */
const AT_ONCE = 8;

/** Archives what is over its time, and deletes it, for some minutes. */
export function createArchive(ports: ArchivePorts): () => Promise<Retired> {
  const { clock, archive, onDefect } = ports;
  return async () => {
    const end = clock.now() + WORK_MS;
    const pace: Pace = { isOver: () => clock.now() >= end, rest: async () => {} };
    const times = goingTimes(ports.times, {
      isArchived: archive !== undefined,
      historiesMs: STEP_FUNCTIONS_KEEPS_MS,
    });
    const events = await archiveFeed(ports, { afterMs: times.events, pace });
    const records = await retireRound(ports, { times, atOnce: AT_ONCE, pace, onDefect });
    return { gone: events.gone + records.gone, isDone: events.isDone && records.isDone };
  };
}
