/** A timer that has been set and may still be cancelled. */
export interface Timer {
  cancel(): void;
}

/** Time as a port, so that tests and simulations run on time of their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, when `now()` has reached `at` (ms since the epoch) or as soon as possible after it. */
  setTimer(at: number, callback: () => void): Timer;
}

/** The longest delay that Node's timers take; a longer one fires at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (at, callback) => {
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const delay = Math.max(0, at - Date.now());
      handle = delay > MAX_TIMEOUT_MS ? setTimeout(arm, MAX_TIMEOUT_MS) : setTimeout(callback, delay);
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves when the clock has moved on by `ms`. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(clock.now() + ms, resolve);
  });
}
