/**
 * Keeps the house of a data directory once, as a process that kills itself with its n-th write, before or after that is done:
 * `node archive-process.ts FILE ARCHIVE N`.
 */
import { DEFAULT_TIMES } from '#archive/retention-times.ts';
import { FolderStore } from '#archive/stores/folder-store.ts';
import { systemClock } from '#core/clock.ts';
import { systemRandom } from '#core/random.ts';
import { keepHouse } from '#embedded/housekeeping.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { openCatalogue } from '#step-functions-api/catalogue/catalogue.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
import type { Write } from '#table/table.ts';

const [, , file = '', folder = '', last = ''] = process.argv;
let writes = 0;

async function counted<T>(write: () => Promise<T>): Promise<T> {
  writes++;
  const isLast = writes === Number(last);
  if (isLast && writes % 2 === 0) process.kill(process.pid, 'SIGKILL');
  const written = await write();
  if (isLast) process.kill(process.pid, 'SIGKILL');
  return written;
}

class CountedTable extends SqliteTable {
  override transact(all: readonly Write[]): Promise<void> {
    return counted(() => super.transact(all));
  }
}

class CountedStore extends FolderStore {
  override put(path: string, bytes: Uint8Array): Promise<void> {
    return counted(() => super.put(path, bytes));
  }
}

const database = new Database(file);
const table = new CountedTable(database);
const engine = new EmbeddedEngine({ database, functions: {} });
openCatalogue(database);
await keepHouse({
  ...{ database, table, engine, clock: systemClock, random: systemRandom },
  times: { ...DEFAULT_TIMES, executions: 1 },
  archive: new CountedStore(folder),
  onDefect: (error) => {
    throw error;
  },
});
process.stdout.write('done\n');
engine.close();
database.close();
