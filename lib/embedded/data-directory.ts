import { chmodSync, closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StepwrightError } from '#core/error.ts';
import { takeFileLock } from '#storage/file-lock.ts';
import { makeFolder } from './make-folder.ts';

/** Only the owner may look into the directory: it holds the token and all data. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/** A directory that this process, and no other, keeps its state in. */
export interface DataDirectory {
  /** Absolute path. */
  readonly path: string;
  /** The one SQLite file in it. */
  readonly databasePath: string;
  /** Lets another process have the directory. */
  release(): void;
}

/**
 * Opens a data directory, making it when it is not there, and locks it for as long as this process lives. Throws SW3010
 * when another process has it, SW3011 when it cannot be made or written to.
 */
export function openDataDirectory(path: string): DataDirectory {
  const directory = lockDataDirectory(path);
  try {
    // SQLite gives the files beside it the same mode.
    closeSync(openSync(directory.databasePath, 'a', FILE_MODE));
    chmodSync(directory.databasePath, FILE_MODE);
    return directory;
  } catch (cause) {
    directory.release();
    throw unusable(path, cause);
  }
}

/** The same, without making a database in it. */
export function lockDataDirectory(path: string): DataDirectory {
  const absolute = resolve(path);
  const pidPath = join(absolute, 'pid');
  const lock = lockDirectory(absolute);
  if (lock === undefined) throw directoryInUse(path, pidPath);
  writeFileSync(pidPath, `${process.pid}\n`, { mode: FILE_MODE });
  return {
    path: absolute,
    databasePath: databasePathIn(absolute),
    release: () => {
      rmSync(pidPath, { force: true });
      lock.release();
    },
  };
}

/** Where the database of a data directory is. */
export function databasePathIn(directory: string): string {
  return join(directory, 'stepwright.db');
}

function lockDirectory(path: string): ReturnType<typeof takeFileLock> {
  try {
    makeFolder(path, DIRECTORY_MODE);
    chmodSync(path, DIRECTORY_MODE);
    return takeFileLock(join(path, 'lock'));
  } catch (cause) {
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): StepwrightError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StepwrightError(
    {
      code: 'SW3011',
      kind: 'unavailable',
      message: `the data directory ${path} cannot be used: ${reason}`,
      hint: 'name a directory that you may write to with --data',
    },
    { cause },
  );
}

function directoryInUse(path: string, pidPath: string): StepwrightError {
  const pid = readPid(pidPath);
  return new StepwrightError({
    code: 'SW3010',
    kind: 'conflict',
    message: `the data directory ${path} is in use by ${pid === undefined ? 'another process' : `process ${pid}`}`,
    hint: 'stop that process first, or name another directory with --data',
  });
}

/** The pid is for people: the lock alone decides. */
function readPid(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10);
  } catch {
    return undefined;
  }
}
