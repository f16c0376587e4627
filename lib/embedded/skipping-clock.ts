import type { Clock, Timer } from '#core/clock.ts';

/**
 * A clock that runs with another one, and can jump ahead to what is set next: with it, a wait takes no time where nothing
 * else goes on, while a service that is called has the time it needs.
 */
export class SkippingClock implements Clock {
  readonly #base: Clock;
  readonly #pending = new Set<PendingTimer>();
  #skippedMs = 0;

  constructor(base: Clock) {
    this.#base = base;
  }

  now(): number {
    return this.#base.now() + this.#skippedMs;
  }

  setTimer(at: number, callback: () => void): Timer {
    const timer: PendingTimer = { at, callback, base: undefined };
    this.#pending.add(timer);
    this.#arm(timer);
    return { cancel: () => this.#take(timer) };
  }

  /** Jumps to the next timer and fires it. Returns false when none is set. */
  skipToNext(): boolean {
    let next: PendingTimer | undefined;
    for (const timer of this.#pending) if (next === undefined || timer.at < next.at) next = timer;
    if (next === undefined) return false;
    this.#take(next);
    const ahead = next.at - this.now();
    if (ahead > 0) {
      this.#skippedMs += ahead;
      for (const timer of this.#pending) {
        timer.base?.cancel();
        this.#arm(timer);
      }
    }
    next.callback();
    return true;
  }

  #arm(timer: PendingTimer): void {
    timer.base = this.#base.setTimer(timer.at - this.#skippedMs, () => {
      if (this.#take(timer)) timer.callback();
    });
  }

  #take(timer: PendingTimer): boolean {
    timer.base?.cancel();
    return this.#pending.delete(timer);
  }
}

interface PendingTimer {
  readonly at: number;
  readonly callback: () => void;
  base: Timer | undefined;
}
