import { performance } from 'node:perf_hooks';

/** Rest for each ms of work while there is nothing else to do, and while there is no time for anything else. */
const [LEAST_REST, MOST_REST] = [4, 1_000];
/** The same, at most, once what is put off takes more than half of the room that there is for it. */
const MOST_HURRIED_REST = 50;
/** No rest is longer, in ms: that there is time again is seen within a minute. */
const LONGEST_REST_MS = 60_000;

/**
 * How long who does what can wait is to rest, by how busy the event loop was since it asked last: a server without work tells and counts
 * at once, and one at full load gives its time to executions. Each worker has its own.
 */
export class SpareTime {
  #before = performance.eventLoopUtilization();

  /**
   * ms to rest after so many ms of work.
   *
   * @param filled how much of the room there is for what is put off, from 0 to 1: when it is full, some is lost.
   */
  restAfter(workedMs: number, filled = 0): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#before);
    this.#before = now;
    return Math.min(LONGEST_REST_MS, workedMs * restOf(utilization, filled));
  }
}

/** How many times as long as the work a rest is; `utilization` is the share of the time in which the loop was at work. */
export function restOf(utilization: number, filled: number): number {
  const idle = 1 - Math.min(1, Math.max(0, utilization));
  const rest = Math.min(MOST_REST, LEAST_REST / idle ** 2);
  return filled > 0.5 ? Math.min(rest, MOST_HURRIED_REST, LEAST_REST / idle) : rest;
}
