import { OverBudget } from './budget.ts';

/** How long an evaluation goes on before others have a turn, in ms. */
const TURN_MS = 10;
/** Lets the event loop go round; browsers have only timers for it. */
const soon: (callback: () => void) => unknown =
  typeof setImmediate === 'function' ? setImmediate : (callback) => setTimeout(callback, 0);

/** Steps between two looks at the clock. */
const STEPS_A_LOOK = 32;

/** The time that one long evaluation takes for itself: it lets others have their turns, and theirs do not count. */
export class Turns {
  readonly #limitMs: number;
  #spentMs = 0;
  #since = performance.now();
  #steps = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Called before each step: undefined, or resolves when the evaluation may go on. Throws {@link OverBudget}. */
  step(): Promise<void> | undefined {
    this.#steps += 1;
    if (this.#steps < STEPS_A_LOOK) return undefined;
    this.#steps = 0;
    const ms = performance.now() - this.#since;
    if (ms < TURN_MS) return undefined;
    this.check();
    this.#spentMs += ms;
    return new Promise((resolve) => {
      soon(() => {
        this.#since = performance.now();
        resolve();
      });
    });
  }

  /** Throws {@link OverBudget} when the time is used up. */
  check(): void {
    const ms = this.#spentMs + performance.now() - this.#since;
    if (ms > this.#limitMs) throw new OverBudget(`evaluation timeout after ${this.#limitMs} milliseconds`);
  }
}
