import { TimeSlots } from '../time-slots.ts';
import { SLOTS } from './watch.ts';

interface Counts {
  counted: number;
  all: number;
}

/** Events within a span of time: those that count, and all that they are a share of. */
export class CountWindow {
  readonly #slots: TimeSlots<Counts>;

  constructor(lengthMs: number) {
    this.#slots = new TimeSlots({ lengthMs, slots: SLOTS, make: () => ({ counted: 0, all: 0 }) });
  }

  /** Adds one event. */
  add(at: number, { counted, all }: { readonly counted: boolean; readonly all: boolean }): void {
    const slot = this.#slots.at(at);
    if (slot === undefined) return;
    if (counted) slot.counted += 1;
    if (all) slot.all += 1;
  }

  /** How many there are in the span that ends now. */
  total(now: number): { readonly counted: number; readonly all: number } {
    const total = { counted: 0, all: 0 };
    for (const { counted, all } of this.#slots.within(now)) {
      total.counted += counted;
      total.all += all;
    }
    return total;
  }

  /** Whether there are none. */
  isIdle(now: number): boolean {
    this.#slots.within(now);
    return this.#slots.isEmpty;
  }
}
