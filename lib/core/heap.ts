/** A binary heap: the least item is at hand, adding and taking one take logarithmic time. */
export class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #compare: (one: Item, other: Item) => number;

  /** @param compare negative when the first of two comes before the other. */
  constructor(compare: (one: Item, other: Item) => number) {
    this.#compare = compare;
  }

  /** The least item; undefined when there is none. */
  get first(): Item | undefined {
    return this.#items[0];
  }

  /** Adds an item. */
  push(item: Item): void {
    let at = this.#items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the least item away; undefined when there is none. */
  pop(): Item | undefined {
    const [first] = this.#items;
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return first;
    this.#items[0] = last;
    this.#sink();
    return first;
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [first, second] = [this.#items[one], this.#items[other]];
    if (first === undefined) return false;
    return second === undefined || this.#compare(first, second) < 0;
  }

  #swap(one: number, other: number): void {
    const [first, second] = [this.#items[one], this.#items[other]];
    if (first === undefined || second === undefined) return;
    this.#items[one] = second;
    this.#items[other] = first;
  }
}
