import type { Clock, Timer } from './clock.ts';

interface PendingTimer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is told to move. Timers fire in order of their time, then in the order in which
 * they were set, each with `now()` equal to its own time.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<PendingTimer>();

  /** @param start where time begins, in ms since the epoch. */
  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setTimer(at: number, callback: () => void): Timer {
    const timer: PendingTimer = { at, order: this.#order++, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Moves to the next timer and fires it. Returns false when no timer is set. */
  async advanceToNext(): Promise<boolean> {
    const next = this.#next(Number.POSITIVE_INFINITY);
    if (next === undefined) return false;
    await this.#fire(next);
    return true;
  }

  /** Moves time on by `ms`, firing on the way every timer that comes due, and what those set in turn. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    for (let next = this.#next(target); next !== undefined; next = this.#next(target)) await this.#fire(next);
    this.#now = target;
  }

  #next(limit: number): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > limit) continue;
      if (
        first === undefined ||
        timer.at < first.at ||
        (timer.at === first.at && timer.order < first.order)
      ) {
        first = timer;
      }
    }
    return first;
  }

  async #fire(timer: PendingTimer): Promise<void> {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
