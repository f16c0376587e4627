import { backup, DatabaseSync } from 'node:sqlite';
import { StepwrightError } from '#core/error.ts';
import { newerFile, type Schema, schemaVersion } from './schema.ts';
import { isNoDatabase, storageFault } from './storage-fault.ts';

/** How far a copy has come. */
export interface CopyProgress {
  readonly pages: number;
  readonly totalPages: number;
}

const BUSY_TIMEOUT_MS = 5_000;
/** Pages, most often of 16 KiB, between two words on progress. */
const PAGES_A_STEP = 64;

/**
 * Copies a database as it is at one instant into another file, which is there and empty. Others may go on writing to it: a
 * read transaction holds the instant. Throws as {@link storageFault} tells.
 */
export async function copyDatabase(
  from: string,
  to: string,
  onProgress: (progress: CopyProgress) => void,
): Promise<void> {
  const source = openSource(from);
  try {
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(source, to, {
      rate: PAGES_A_STEP,
      progress: ({ totalPages, remainingPages }) =>
        onProgress({ pages: totalPages - remainingPages, totalPages }),
    });
  } catch (error) {
    throw storageFault(error, from);
  } finally {
    source.close();
  }
}

/** Makes a copy one file, without a write-ahead log beside it, whose free pages can be given back. */
export function settleCopy(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    copy.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL');
    const canShrink = copy.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'] === 2;
    if (!canShrink) copy.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM');
  } catch (error) {
    throw storageFault(error, path);
  } finally {
    copy.close();
  }
}

/**
 * Checks a file from end to end: that it is whole, of Stepwright, and not of a newer one. Throws SW3073 when it is damaged,
 * SW3075 when it is newer than one of the schemas, SW3078 when it is something else.
 */
export function examineDatabase(path: string, schemas: readonly Schema[]): void {
  const opened = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    const problem = opened.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
    if (problem !== 'ok') throw damaged(path, String(problem));
    if (!isOurs(opened)) throw somethingElse(path);
    for (const schema of schemas) {
      const found = schemaVersion(opened, schema.component);
      if (found > schema.steps.length) throw newerFile(schema, found);
    }
  } catch (error) {
    throw isNoDatabase(error) ? somethingElse(path) : storageFault(error, path);
  } finally {
    opened.close();
  }
}

function openSource(path: string): DatabaseSync {
  let opened: DatabaseSync | undefined;
  try {
    opened = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    // Reads the header, and so finds what is no database.
    opened.prepare('PRAGMA schema_version').get();
    return opened;
  } catch (error) {
    opened?.close();
    throw storageFault(error, path);
  }
}

/** The engine's settings are in every data file of every version. */
function isOurs(opened: DatabaseSync): boolean {
  const query =
    "SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('engine_settings', 'executions', 'journal')";
  return opened.prepare(query).get()?.['n'] === 3;
}

function damaged(path: string, problem: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3073',
    kind: 'unavailable',
    message: `${path} is damaged: ${problem.split('\n')[0]}`,
    hint: 'use another backup',
  });
}

function somethingElse(path: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3078',
    kind: 'invalid',
    message: `${path} is no backup of Stepwright`,
    hint: 'name a file that "stepwright backup" has made',
  });
}
