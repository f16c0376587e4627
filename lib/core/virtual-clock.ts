import type { Clock, Timer } from './clock.ts';
import { Heap } from './heap.ts';

interface PendingTimer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

/**
 * A clock that stands still until it is told to move. Timers fire in order of their time, then in the order in which
 * they were set, each with `now()` equal to its own time.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Heap<PendingTimer>((one, other) => one.at - other.at || one.order - other.order);

  /** @param start where time begins, in ms since the epoch. */
  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setTimer(at: number, callback: () => void): Timer {
    // Clocks of machines have whole milliseconds, too.
    const timer: PendingTimer = { at: Math.ceil(at), order: this.#order++, callback, isCancelled: false };
    this.#timers.push(timer);
    return {
      cancel: () => {
        timer.isCancelled = true;
      },
    };
  }

  /** When the next timer fires, in ms since the epoch; undefined when none is set. */
  nextAt(): number | undefined {
    return this.#next()?.at;
  }

  /** Moves to the next timer and fires it. Returns false when no timer is set. */
  async advanceToNext(): Promise<boolean> {
    const next = this.#next();
    if (next === undefined) return false;
    await this.#fire(next);
    return true;
  }

  /** Moves time on by `ms`, firing on the way every timer that comes due, and what those set in turn. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    for (let next = this.#next(); next !== undefined && next.at <= target; next = this.#next()) {
      await this.#fire(next);
    }
    this.#now = target;
  }

  #next(): PendingTimer | undefined {
    while (this.#timers.first?.isCancelled === true) this.#timers.pop();
    return this.#timers.first;
  }

  async #fire(timer: PendingTimer): Promise<void> {
    this.#timers.pop();
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
