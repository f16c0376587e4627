import * as z from 'zod';
import type { Json } from '#core/json.ts';
import { TimeSlots } from '../time-slots.ts';
import { SLOTS } from './watch.ts';

interface Counts {
  counted: number;
  all: number;
}

const SavedSchema = z.array(z.tuple([z.number(), z.number(), z.number()]));

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

  /** How many there are in each part of the span. */
  save(): Json {
    return this.#slots.entries.map(([index, { counted, all }]) => [index, counted, all]);
  }

  /** Takes what another was told. */
  resume(saved: Json): void {
    const entries = SavedSchema.parse(saved);
    this.#slots.resume(entries.map(([index, counted, all]) => [index, { counted, all }]));
  }

  /** Whether there are none. */
  isIdle(now: number): boolean {
    this.#slots.within(now);
    return this.#slots.isEmpty;
  }
}
