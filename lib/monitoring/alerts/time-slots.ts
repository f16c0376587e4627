/** How a span of time is divided. */
export interface SlotOptions<Slot> {
  /** How far back is looked, in ms. */
  readonly lengthMs: number;
  /** Into how many parts the span is divided: so much of it may be there too long, or gone too early. */
  readonly slots: number;
  make(): Slot;
}

/** What a span of time holds that ends now, in parts that are dropped as it moves on. Late parts are put where they belong. */
export class TimeSlots<Slot> {
  readonly #options: SlotOptions<Slot>;
  readonly #widthMs: number;
  readonly #slots = new Map<number, Slot>();
  #newest = Number.NEGATIVE_INFINITY;

  constructor(options: SlotOptions<Slot>) {
    this.#options = options;
    this.#widthMs = Math.max(1, options.lengthMs / options.slots);
  }

  /** The part of a moment; undefined for one that is out of the span already. */
  at(moment: number): Slot | undefined {
    const index = Math.floor(moment / this.#widthMs);
    if (index <= this.#newest - this.#options.slots) return undefined;
    this.#newest = Math.max(this.#newest, index);
    const known = this.#slots.get(index);
    if (known !== undefined) return known;
    const made = this.#options.make();
    this.#slots.set(index, made);
    return made;
  }

  /** All parts of the span that ends now. */
  within(now: number): Iterable<Slot> {
    const newest = Math.floor(now / this.#widthMs);
    for (const index of this.#slots.keys()) {
      if (index <= newest - this.#options.slots) this.#slots.delete(index);
    }
    this.#newest = Math.max(this.#newest, newest);
    return this.#slots.values();
  }

  /** All parts, each by its place in time. */
  get entries(): readonly (readonly [index: number, slot: Slot])[] {
    return [...this.#slots];
  }

  /** Takes parts as they were told, in the place of those that it has. */
  resume(entries: Iterable<readonly [index: number, slot: Slot]>): void {
    this.#slots.clear();
    for (const [index, slot] of entries) {
      this.#slots.set(index, slot);
      this.#newest = Math.max(this.#newest, index);
    }
  }

  /** Whether the span holds nothing. */
  get isEmpty(): boolean {
    return this.#slots.size === 0;
  }
}
