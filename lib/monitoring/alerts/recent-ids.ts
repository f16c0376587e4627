/** So many ids are remembered at least, and twice as many at most. */
const MOST = 25_000;

/** The ids of what came lately: what comes twice within some tens of thousands is known. */
export class RecentIds {
  #young = new Set<string>();
  #old = new Set<string>();

  /** Those that came last, so many at most. */
  newest(most: number): readonly string[] {
    return [...this.#old, ...this.#young].slice(-most);
  }

  /** Whether an id has not come lately; it has from now on. */
  isNew(id: string): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false;
    this.#young.add(id);
    if (this.#young.size >= MOST) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return true;
  }
}
