import type { Clock, Timer } from '#core/clock.ts';
import type { Deadline, Deadlines } from './deadlines.ts';

/** Deadlines by timers of this process. They are lost with it: recovery schedules them again. */
export class TimerDeadlines implements Deadlines {
  readonly #clock: Clock;
  readonly #onDue: (deadline: Deadline) => void;
  readonly #timers = new Map<string, Timer>();

  /** @param onDue called once for each schedule, when it is due. */
  constructor(clock: Clock, onDue: (deadline: Deadline) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** What may be overdue has one deadline at a time: a new one replaces it. */
  async schedule(deadline: Deadline, dueAt: number): Promise<void> {
    const key = `${deadline.kind} ${deadline.id}`;
    this.#timers.get(key)?.cancel();
    const timer = this.#clock.setTimer(dueAt, () => {
      this.#timers.delete(key);
      this.#onDue(deadline);
    });
    this.#timers.set(key, timer);
  }

  /** Cancels what is still to come. */
  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
