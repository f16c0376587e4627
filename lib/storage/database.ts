import { DatabaseSync } from 'node:sqlite';

/** A caller that waits for the commit of the group its work is in. */
interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * One SQLite file with grouped commits: work of many callers shares one transaction, and so one fsync. WAL with
 * `synchronous=FULL`: what was committed survives the loss of power. The whole store of the embedded runtime, engine
 * journal and table, is in one such file.
 */
export class Database {
  /** The connection, for preparing statements. Writes go through {@link commit}. */
  readonly sqlite: DatabaseSync;
  #waiters: Waiter[] = [];
  #open = false;
  #closed = false;

  /** Opens or creates the file; `:memory:` keeps everything in memory. */
  constructor(path: string) {
    this.sqlite = new DatabaseSync(path);
    this.sqlite.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -65536;
    `);
  }

  /**
   * Runs `work` at once, inside the group's transaction, and resolves with its value when that is durable. Work must
   * decide before it writes: when it throws, it must not have written.
   */
  commit<T>(work: () => T): Promise<T> {
    if (!this.#open) this.#begin();
    const value = work();
    return this.durable().then(() => value);
  }

  /** Resolves when all that was written so far is durable. */
  durable(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** Commits what is open and closes the file. */
  close(): void {
    if (this.#closed) return;
    this.#end();
    this.#closed = true;
    this.sqlite.close();
  }

  #begin(): void {
    this.sqlite.exec('BEGIN IMMEDIATE');
    this.#open = true;
    setImmediate(() => this.#end());
  }

  #end(): void {
    if (!this.#open) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    this.#open = false;
    try {
      this.sqlite.exec('COMMIT');
      for (const waiter of waiters) waiter.resolve();
    } catch (error) {
      if (this.sqlite.isTransaction) this.sqlite.exec('ROLLBACK');
      for (const waiter of waiters) waiter.reject(error);
    }
  }
}
