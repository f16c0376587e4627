import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StepwrightError } from '#core/error.ts';
import { ENGINE_SCHEMA } from '#engine/embedded/store.ts';
import { EVENT_LOG_SCHEMA } from '#monitoring/feed/event-log-schema.ts';
import { CATALOGUE_SCHEMA } from '#step-functions-api/catalogue/schema.ts';
import { type CopyProgress, copyDatabase, examineDatabase, settleCopy } from '#storage/copy.ts';
import { TABLE_SCHEMA } from '#table/sqlite.ts';
import { databasePathIn, lockDataDirectory } from './data-directory.ts';

/** Who may read a copy: its owner alone, as the data itself. */
const FILE_MODE = 0o600;
const SCHEMAS = [ENGINE_SCHEMA, TABLE_SCHEMA, CATALOGUE_SCHEMA, EVENT_LOG_SCHEMA];

/** From where to where, and who is told how far it has come. */
export interface CopyOptions {
  /** Data directory. */
  readonly data: string;
  /** The backup. */
  readonly file: string;
  onProgress(progress: CopyProgress): void;
}

/** What a copy is. */
export interface CopyReport {
  /** Absolute path of what was written. */
  readonly file: string;
  readonly bytes: number;
}

/**
 * Writes what a data directory holds at one instant into a file, while a server may go on working with it. The file is there
 * whole and checked, or not at all. Throws SW3076 when the file exists, SW3077 when there is nothing to back up, and as
 * {@link examineDatabase} does.
 */
export async function backUp({ data, file, onProgress }: CopyOptions): Promise<CopyReport> {
  const source = databasePathIn(resolve(data));
  if (!existsSync(source) || statSync(source).size === 0) throw nothingThere(data);
  return writeCopy(source, file, { onProgress, exists: () => fileExists(file) });
}

/**
 * Makes a data directory of a backup. Throws SW3010 when a process has the directory, SW3079 when it holds data already,
 * SW3078 when the file is no backup, and as {@link examineDatabase} does.
 */
export async function restore({ data, file, onProgress }: CopyOptions): Promise<CopyReport> {
  if (!existsSync(file)) throw noBackup(file);
  examineDatabase(file, SCHEMAS);
  const directory = lockDataDirectory(data);
  try {
    const { databasePath } = directory;
    // A log that is left of another database would be played into this one.
    const isTaken = ['', '-wal', '-shm'].some((suffix) => existsSync(`${databasePath}${suffix}`));
    if (isTaken) throw holdsData(data);
    return await writeCopy(file, databasePath, { onProgress, exists: () => holdsData(data) });
  } finally {
    directory.release();
  }
}

interface Writing {
  onProgress(progress: CopyProgress): void;
  /** What to throw when the target is there. */
  exists(): StepwrightError;
}

/** Copies by way of a draft beside the target, which takes its name only when it is whole, checked and on the disk. */
async function writeCopy(
  source: string,
  target: string,
  { onProgress, exists }: Writing,
): Promise<CopyReport> {
  if (existsSync(target)) throw exists();
  const draft = `${target}.${process.pid}.tmp`;
  try {
    closeSync(openFile(draft, 'wx'));
    await copyDatabase(source, draft, onProgress);
    settleCopy(draft);
    examineDatabase(draft, SCHEMAS);
    flush(draft);
    takeName(draft, target, exists);
    flush(dirname(target));
    return { file: resolve(target), bytes: statSync(target).size };
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${draft}${suffix}`, { force: true });
  }
}

/** A link, unlike a rename, takes no name that another has taken meanwhile. */
function takeName(draft: string, target: string, exists: () => StepwrightError): void {
  try {
    linkSync(draft, target);
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'EEXIST' ? exists() : error;
  }
}

function flush(path: string): void {
  const opened = openSync(path, 'r');
  fsyncSync(opened);
  closeSync(opened);
}

function openFile(path: string, flags: 'wx'): number {
  try {
    return openSync(path, flags, FILE_MODE);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const fault = {
      code: 'SW3024',
      kind: 'invalid',
      message: `${path} cannot be written: ${reason}`,
      hint: 'name a file in a folder that you may write to',
    } as const;
    throw new StepwrightError(fault, { cause });
  }
}

function fileExists(file: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3076',
    kind: 'conflict',
    message: `${file} is there already`,
    hint: 'name a file that is not there yet; a backup overwrites nothing',
  });
}

function nothingThere(data: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3077',
    kind: 'not-found',
    message: `there is no data in ${data}`,
    hint: 'name the data directory of the server with --data',
  });
}

function noBackup(file: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3078',
    kind: 'invalid',
    message: `there is no file ${file}`,
    hint: 'name a file that "stepwright backup" has made',
  });
}

function holdsData(data: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3079',
    kind: 'conflict',
    message: `${data} holds data already`,
    hint: 'name a directory that is not there yet with --data, or move stepwright.db and what stands beside it away',
  });
}
