import { existsSync } from 'node:fs';
import { StepwrightError } from '#core/error.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { Execution } from '#executions/execution.ts';
import { getExecution } from '#executions/execution-store.ts';
import { eventsOf } from '#executions/read-history.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
import { databasePathIn, lockDataDirectory } from './data-directory.ts';

/** An execution with its whole history. */
export interface RecordedExecution {
  readonly execution: Execution;
  readonly events: readonly HistoryEvent[];
}

/**
 * Reads an execution from the data directory of a server that does not run; nothing goes on by it. Throws SW3010 when a server
 * has the directory, SW3084 when there is no data in it, SW4044 when there is no such execution.
 */
export async function readRecordedExecution(directory: string, id: string): Promise<RecordedExecution> {
  if (!existsSync(databasePathIn(directory))) throw noData(directory);
  const lock = lockDataDirectory(directory);
  try {
    const database = new Database(databasePathIn(lock.path));
    try {
      const execution = await getExecution(new SqliteTable(database), id);
      const engine = new EmbeddedEngine({ database, functions: {} });
      const events = await eventsOf(engine, { machine: execution.machine, name: id });
      engine.close();
      return { execution, events };
    } finally {
      database.close();
    }
  } finally {
    lock.release();
  }
}

function noData(directory: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3084',
    kind: 'invalid',
    message: `there is no data of a server in ${directory}`,
    hint: 'name a data directory of "stepwright start" or "stepwright run --data", or leave --from out to ask a server that runs',
  });
}
