import { Cron } from 'croner';

/** Times that come again and again, by the clock on the wall of a place. */
export interface CronTimes {
  /** Minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** Default UTC. */
  readonly timezone?: string | undefined;
}

/**
 * The first time after a moment, in ms since the epoch; undefined where none ever comes, such as on 30 February. A time that the clock
 * leaves out when it is put forward comes as soon as it goes on; one that it shows twice comes once. Throws for what is no expression.
 */
export function nextTime({ cron, timezone = 'UTC' }: CronTimes, after: number): number | undefined {
  const next = patternOf(cron, timezone).nextRun(new Date(after));
  return next?.getTime();
}

/** Times that were missed are counted up to this one. */
const MOST_COUNTED = 1_000;

/** The last time up to a moment, of those from a due one on, and how many there were before it: 1,000 at most are told apart. */
export function lastTime(
  times: CronTimes,
  due: number,
  now: number,
): { readonly last: number; readonly before: number } {
  let last = due;
  let before = 0;
  while (before < MOST_COUNTED) {
    const next = nextTime(times, last);
    if (next === undefined || next > now) break;
    last = next;
    before++;
  }
  return { last, before };
}

const MOST_KEPT = 500;
const patterns = new Map<string, Cron>();

/** Reading an expression takes many times what the next time of it does. */
function patternOf(cron: string, timezone: string): Cron {
  const key = `${timezone} ${cron}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const read = new Cron(cron, { timezone, paused: true, mode: '5-part' });
  if (patterns.size >= MOST_KEPT) patterns.clear();
  patterns.set(key, read);
  return read;
}
