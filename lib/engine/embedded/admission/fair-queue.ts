/** A line of entries with the same key, and how many of them may go before it is the next key's turn. */
interface Line<T> {
  readonly entries: T[];
  /** Index of the first entry that has not been taken. */
  head: number;
  turnsLeft: number;
}

/** Taken entries that a line keeps before it lets go of them. */
const MOST_TAKEN = 1_024;

/**
 * Entries that wait, in one line for each key. The keys take turns (weighted round robin): while one of them waits, any
 * other key gets at most as many turns as its weight before it is next. So however long the line of one key is, an entry at
 * place `n` of another line waits for at most `n` times the sum of the other weights.
 */
export class FairQueue<T> {
  /** In order of their turns: the first one is next. */
  readonly #lines = new Map<string, Line<T>>();
  readonly #weightOf: (key: string) => number;

  /** `weightOf` gives how many entries of a key go in one turn, 1 or more. */
  constructor(weightOf: (key: string) => number = () => 1) {
    this.#weightOf = weightOf;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** Puts an entry at the end of the line of its key. */
  add(key: string, entry: T): void {
    const line = this.#lines.get(key);
    if (line === undefined)
      this.#lines.set(key, { entries: [entry], head: 0, turnsLeft: this.#weightOf(key) });
    else line.entries.push(entry);
  }

  /** Takes the entry whose turn it is; undefined when nothing waits. */
  take(): T | undefined {
    for (const [key, line] of this.#lines) {
      const entry = line.entries[line.head++];
      this.#lines.delete(key);
      if (line.head === line.entries.length) return entry;
      line.turnsLeft -= 1;
      if (line.turnsLeft > 0) this.#putFirst(key, line);
      else this.#lines.set(key, { ...trimmed(line), turnsLeft: this.#weightOf(key) });
      return entry;
    }
    return undefined;
  }

  /** Few keys have a weight, so that this is rare. */
  #putFirst(key: string, line: Line<T>): void {
    const others = [...this.#lines];
    this.#lines.clear();
    this.#lines.set(key, line);
    for (const [other, waiting] of others) this.#lines.set(other, waiting);
  }
}

function trimmed<T>({ entries, head, turnsLeft }: Line<T>): Line<T> {
  if (head < MOST_TAKEN || head * 2 < entries.length) return { entries, head, turnsLeft };
  return { entries: entries.slice(head), head: 0, turnsLeft };
}
