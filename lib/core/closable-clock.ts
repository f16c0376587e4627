import type { Clock, Timer } from './clock.ts';

/** A clock whose timers end together: what waits for one of them then waits for ever, and holds no process up. */
export class ClosableClock implements Clock {
  readonly #base: Clock;
  readonly #open = new Set<Timer>();
  #isClosed = false;

  constructor(base: Clock) {
    this.#base = base;
  }

  now(): number {
    return this.#base.now();
  }

  setTimer(at: number, callback: () => void): Timer {
    if (this.#isClosed) return { cancel: () => {} };
    const timer = this.#base.setTimer(at, () => {
      this.#open.delete(timer);
      callback();
    });
    this.#open.add(timer);
    return {
      cancel: () => {
        this.#open.delete(timer);
        timer.cancel();
      },
    };
  }

  /** Cancels all timers; none is set from now on. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#open) timer.cancel();
    this.#open.clear();
  }
}
