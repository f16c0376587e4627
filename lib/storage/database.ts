import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import type { StepwrightError } from '#core/error.ts';
import { isStorageFailure, storageFault } from './storage-fault.ts';

/** A caller that waits for the commit of the group its work is in. */
interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** Says when a group ends, by how many wait for it, which grows while it is open. */
export type Schedule = (endGroup: () => void, waiting: () => number) => void;

/** Settings of a {@link Database}. */
export interface DatabaseOptions {
  /** Calls the end of a group back, once those who run now have written. Default: {@link onceStill}. */
  readonly schedule?: Schedule;
  /** How long another program may hold the file before that is a failure, in ms. Default 5,000. */
  readonly busyTimeoutMs?: number;
}

/** What whoever asks an abandoned database waits for. */
const NEVER = new Promise<never>(() => {});

/** No group is kept open for longer by those who join it, in ms. */
const LONGEST_GROUP_MS = 10;

/** A write-ahead log that has grown beyond this is cut back to it when it begins anew, in bytes. */
const WAL_KEPT_BYTES = 16 * 1024 * 1024;

/** Free pages that a file keeps for what comes next: so many, or this share of it. */
const KEPT_PAGES = 250;
const KEPT_SHARE = 0.2;

/**
 * One SQLite file with grouped commits: work of many callers shares one transaction, and so one fsync. WAL with
 * `synchronous=FULL`: what was committed survives the loss of power. The whole store of the embedded runtime, engine
 * journal and table, is in one such file.
 *
 * A write that fails (full disk, I/O error) ends the database for this process. SQLite has rolled the whole group back
 * by then, and others may have built on it in memory; after a failed fsync nobody can know what reached the disk. So all
 * who wait for the group get the fault, and so does all work and every read after it, until the file is opened again: what
 * was ever told to be durable is there then, and everything goes on from it.
 */
export class Database {
  /** The connection, for preparing statements. Writes go through {@link commit}. */
  readonly sqlite: DatabaseSync;
  /** Resolves with the fault when a write has failed. */
  readonly failed: Promise<StepwrightError>;
  readonly #path: string;
  readonly #schedule: Schedule;
  readonly #tellFailure: (fault: StepwrightError) => void;
  #waiters: Waiter[] = [];
  #late: (() => void)[] = [];
  #open = false;
  #closed = false;
  #isAbandoned = false;
  #failure: StepwrightError | undefined;

  /**
   * Opens or creates the file; `:memory:` keeps everything in memory. Throws SW3071 when the disk is full, SW3072 when the
   * file cannot be written to, SW3073 when it is damaged, SW3074 when it cannot be read.
   */
  constructor(path: string | URL, { schedule = onceStill, busyTimeoutMs = 5_000 }: DatabaseOptions = {}) {
    this.#path = String(path);
    this.#schedule = schedule;
    const { promise, resolve } = Promise.withResolvers<StepwrightError>();
    [this.failed, this.#tellFailure] = [promise, resolve];
    this.sqlite = openFile(path, busyTimeoutMs);
  }

  /**
   * Runs `work` at once, inside the group's transaction, and resolves with its value when that is durable. Work must
   * decide before it writes: when it throws, it must not have written. Rejects with what work throws, or with the fault
   * when the group could not be committed.
   */
  async commit<T>(work: () => T): Promise<T> {
    if (this.#isAbandoned) return NEVER;
    if (this.#failure !== undefined) throw this.#failure;
    let value: T;
    try {
      if (!this.#open) this.#begin();
      value = work();
    } catch (error) {
      throw isStorageFailure(error) ? this.#fail(error) : error;
    }
    await this.durable();
    return value;
  }

  /**
   * Runs `work` as the last thing before the group is committed, so that it writes at once all that has come up until then.
   * Resolves when that is durable. Work must not throw but for what SQLite throws.
   */
  async commitLate(work: () => void): Promise<void> {
    if (this.#isAbandoned) return NEVER;
    if (this.#failure !== undefined) throw this.#failure;
    try {
      if (!this.#open) this.#begin();
    } catch (error) {
      throw this.#fail(error);
    }
    this.#late.push(work);
    await this.durable();
  }

  /** Resolves when all that was written so far is durable. */
  durable(): Promise<void> {
    if (this.#isAbandoned) return NEVER;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (!this.#open) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /**
   * Gives pages that deleted rows have left back to the file system, at most so many, beyond those that are worth keeping for
   * rows to come. Gives how many there still are to give back. A file that was made before this was foreseen gives none back.
   */
  shrink(pages: number): Promise<number> {
    return this.commit(() => {
      const spare =
        this.#pragma('freelist_count') - Math.max(KEPT_PAGES, this.#pragma('page_count') * KEPT_SHARE);
      if (spare <= 0 || this.#pragma('auto_vacuum') === 0) return 0;
      const given = Math.min(pages, Math.ceil(spare));
      this.sqlite.exec(`PRAGMA incremental_vacuum(${given})`);
      return Math.ceil(spare) - given;
    });
  }

  /** Size of the file, without its log of writes. */
  get bytes(): number {
    return this.#pragma('page_count') * this.#pragma('page_size');
  }

  /** Commits what is open and closes the file. */
  close(): void {
    if (this.#closed) return;
    this.#end();
    this.#closed = true;
    this.sqlite.close();
  }

  /**
   * Ends as with a process that dies: what is open is lost, and nobody hears of anything any more. Until {@link close}, what
   * still calls waits for ever. For rehearsals of crashes, on a database that others have open, too.
   */
  abandon(): void {
    if (this.#open) this.sqlite.exec('ROLLBACK');
    this.#open = false;
    this.#isAbandoned = true;
    this.#late = [];
    this.#waiters = [];
  }

  #begin(): void {
    this.sqlite.exec('BEGIN IMMEDIATE');
    this.#open = true;
    this.#schedule(
      () => this.#end(),
      () => this.#waiters.length,
    );
  }

  #end(): void {
    if (!this.#open) return;
    const late = this.#late;
    this.#late = [];
    try {
      for (const work of late) work();
      this.sqlite.exec('COMMIT');
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#open = false;
    for (const waiter of this.#takeWaiters()) waiter.resolve();
  }

  /** Ends the database for this process; gives the fault. */
  #fail(error: unknown): StepwrightError {
    if (this.#failure !== undefined) return this.#failure;
    const fault = storageFault(error, this.#path);
    this.#failure = fault;
    this.#open = false;
    this.#late = [];
    // Most failures have rolled back by themselves.
    if (this.sqlite.isTransaction) this.sqlite.exec('ROLLBACK');
    for (const waiter of this.#takeWaiters()) waiter.reject(fault);
    this.#tellFailure(fault);
    return fault;
  }

  #pragma(name: 'freelist_count' | 'page_count' | 'page_size' | 'auto_vacuum'): number {
    return Number(this.sqlite.prepare(`PRAGMA ${name}`).get()?.[name]);
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    return waiters;
  }
}

/**
 * Ends a group once a turn of the event loop has added nothing to it. At full load each turn brings others who write, and one commit
 * for them all takes little longer than one for those of a single turn; who is alone does not wait for anybody.
 */
function onceStill(endGroup: () => void, waiting: () => number): void {
  const until = performance.now() + LONGEST_GROUP_MS;
  const afterTurn = (known: number): void => {
    setImmediate(() => {
      const now = waiting();
      if (now > known && performance.now() < until) afterTurn(now);
      else endGroup();
    });
  };
  afterTurn(1);
}

/** Opens a file, and sees whether it can be written to. */
function openFile(path: string | URL, timeout: number): DatabaseSync {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = new DatabaseSync(path, { timeout });
    // Both must be said before the first table is made; an older file keeps its own. The pages of what was deleted can be
    // given back. Rows of the journal are about as large as SQLite's usual page of 4 KiB: most of what is written would be
    // headers of pages and overflow.
    sqlite.exec(`
      PRAGMA page_size = 16384;
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -16384;
      PRAGMA journal_size_limit = ${WAL_KEPT_BYTES};
      BEGIN IMMEDIATE;
      ROLLBACK;
    `);
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw storageFault(error, String(path));
  }
}
