import type { Clock, Timer } from '#core/clock.ts';
import type { Deadlines } from '#devices/deadlines.ts';

/** Deadlines by timers of this process. They are lost with it: recovery schedules those of open commands again. */
export class TimerDeadlines implements Deadlines {
  readonly #clock: Clock;
  readonly #onDue: (commandId: string) => void;
  readonly #timers = new Map<string, Timer>();

  /** @param onDue called once for each schedule, when it is due. */
  constructor(clock: Clock, onDue: (commandId: string) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** A command has one deadline at a time: a new one replaces it. */
  async schedule(commandId: string, dueAt: number): Promise<void> {
    this.#timers.get(commandId)?.cancel();
    const timer = this.#clock.setTimer(dueAt, () => {
      this.#timers.delete(commandId);
      this.#onDue(commandId);
    });
    this.#timers.set(commandId, timer);
  }

  /** Cancels what is still to come. */
  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
