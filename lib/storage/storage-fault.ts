import { StepwrightError } from '#core/error.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html) that we tell apart. */
const SQLITE = {
  perm: 3,
  busy: 5,
  readonly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const;

/** Whether SQLite says that a file is no database of its own. */
export function isNoDatabase(error: unknown): boolean {
  return resultCode(error) === SQLITE.notADatabase;
}

const FAULT_CODES = ['SW3071', 'SW3072', 'SW3073', 'SW3074'];

/** The primary result code of an error of SQLite; undefined for any other error. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

/**
 * Whether an error says that the file can no longer be trusted to take what is written: any error of SQLite, but for a
 * constraint that did not hold, which undoes one statement and nothing else.
 */
export function isStorageFailure(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && code !== SQLITE.constraint;
}

/** Whether an error is what {@link storageFault} makes of one. */
export function isStorageFault(error: unknown): error is StepwrightError {
  return error instanceof StepwrightError && FAULT_CODES.includes(error.code);
}

/** What went wrong with a file, told so that its owner can do something about it. */
export function storageFault(error: unknown, path: string): StepwrightError {
  if (error instanceof StepwrightError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new StepwrightError(
    { kind: 'unavailable', ...describe(resultCode(error), path, reason) },
    { cause: error },
  );
}

interface Description {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

function describe(code: number | undefined, path: string, reason: string): Description {
  switch (code) {
    case SQLITE.full:
      return {
        code: 'SW3071',
        message: `the disk of ${path} is full`,
        hint: 'make room and start again: everything goes on where it was',
      };
    case SQLITE.readonly:
    case SQLITE.perm:
    case SQLITE.cannotOpen:
      return {
        code: 'SW3072',
        message: `${path} cannot be written to: ${reason}`,
        hint: 'let this user write to the file and its folder, or name another data directory with --data',
      };
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return {
        code: 'SW3073',
        message: `${path} is damaged: ${reason}`,
        hint: 'move it away and put a backup back with "stepwright restore"',
      };
    case SQLITE.busy:
      return {
        code: 'SW3074',
        message: `${path} is held by another program: ${reason}`,
        hint: 'close what has the file open, such as a sqlite3 shell, and start again',
      };
    default:
      return {
        code: 'SW3074',
        message: `${path} cannot be read or written: ${reason}`,
        hint: 'look at the disk; start again: everything goes on where it was',
      };
  }
}
