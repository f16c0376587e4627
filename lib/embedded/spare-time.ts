import { performance } from 'node:perf_hooks';

/** Rest for each ms of work while there is nothing else to do, and while there is no time for anything else. */
const [LEAST_REST, MOST_REST] = [4, 1_000];
/** The same, at most, once what is put off takes more than half of the room that there is for it. */
const MOST_HURRIED_REST = 50;
/** No rest is longer, and so soon it is looked whether there is time again, in ms. */
const [LONGEST_REST_MS, LOOK_AGAIN_MS] = [60_000, 1_000];

/** What has been done, and how long ago. */
export interface Worked {
  readonly workedMs: number;
  readonly restedMs: number;
  /** How much of the room there is for what is put off, from 0 to 1: when it is full, some is lost. Default 0. */
  readonly filled?: number;
}

/**
 * How long who does what can wait is to rest, by how busy the event loop was since it asked last: a server without work tells and counts
 * at once, and one at full load gives its time to executions. Each worker has its own.
 */
export class SpareTime {
  #before = performance.eventLoopUtilization();

  /** ms to rest on, and then to ask again; 0 once it has been long enough by how busy the loop has been since it was asked last. */
  restAfter({ workedMs, restedMs, filled = 0 }: Worked): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#before);
    this.#before = now;
    const rest = Math.min(LONGEST_REST_MS, workedMs * restOf(utilization, filled));
    return Math.max(0, Math.min(LOOK_AGAIN_MS, rest - restedMs));
  }
}

/** How many times as long as the work a rest is; `utilization` is the share of the time in which the loop was at work. */
export function restOf(utilization: number, filled: number): number {
  const idle = 1 - Math.min(1, Math.max(0, utilization));
  const rest = Math.min(MOST_REST, LEAST_REST / idle ** 2);
  return filled > 0.5 ? Math.min(rest, MOST_HURRIED_REST, LEAST_REST / idle) : rest;
}
