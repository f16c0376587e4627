import { DatabaseSync } from 'node:sqlite';

/** SQLite's own code for "another one holds the lock". */
const SQLITE_BUSY = 5;

/** A lock that is held until it is released, or until the process ends, however it ends. */
export interface FileLock {
  release(): void;
}

/**
 * Takes the lock on a file, which is made when it is not there. Returns undefined when another one holds it. The lock is
 * the write lock of SQLite, which the operating system drops with the process: a crash leaves none behind.
 */
export function takeFileLock(path: string): FileLock | undefined {
  const connection = new DatabaseSync(path);
  try {
    connection.exec('BEGIN IMMEDIATE');
  } catch (error) {
    connection.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { release: () => connection.close() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
