import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queryArchive } from '#archive/read/query.ts';
import { verifyArchive } from '#archive/read/verify.ts';
import { noteFirstDay } from '#archive/retire/progress.ts';
import { retireExecutions } from '#archive/retire/retire-executions.ts';
import type { ArchiveStore } from '#archive/stores/archive-store.ts';
import type { ExecutionStatus } from '#executions/execution.ts';
import { ArchiveBench, execution } from '#support/archive-bench.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';

/** Stands for the end of the process: nothing after it happens. */
class Crash extends Error {}

const StatusArb = fc.constantFrom<ExecutionStatus>('SUCCEEDED', 'FAILED', 'RUNNING', 'ROLLBACK_INCOMPLETE');
const ExecutionsArb = fc.array(
  fc.record({ status: StatusArb, daysAgo: fc.integer({ min: 80, max: 120 }), commands: fc.nat(60) }),
  { minLength: 1, maxLength: 12 },
);

/** A table and an archive whose next writes go well, until one is the last that the process does: it may have been done, or not. */
function breaking(
  bench: ArchiveBench,
  writes: number,
  isDone: boolean,
): { table: Table; archive: ArchiveStore } {
  let left = writes;
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left-- > 0) return work();
    if (left === -1 && isDone) await work();
    throw new Crash();
  };
  const { table, store } = bench;
  return {
    table: {
      get: (key) => table.get(key),
      query: (query) => table.query(query),
      put: (item, condition) => write(() => table.put(item, condition)),
      update: (update) => write(() => table.update(update)),
      delete: (key, condition) => write(() => table.delete(key, condition)),
      transact: (all) => write(() => table.transact(all)),
      putAll: (items) => write(() => table.putAll(items)),
    },
    archive: {
      place: store.place,
      put: (path, bytes) => write(() => store.put(path, bytes)),
      list: (prefix, after) => store.list(prefix, after),
      read: (path) => store.read(path),
    },
  };
}

async function archivedIds(bench: ArchiveBench, kind: 'executions' | 'commands'): Promise<string[]> {
  const lines = await Array.fromAsync(queryArchive(bench.store, { kind }));
  return lines.map((line) => String(line[kind === 'executions' ? 'executionId' : 'id'])).sort();
}

test('whenever the process ends, each execution is whole in the table or in the archive, and at last what is over is in it once', async () => {
  await fc.assert(
    fc.asyncProperty(
      ExecutionsArb,
      fc.array(fc.record({ writes: fc.nat(40), isDone: fc.boolean() }), { maxLength: 6 }),
      async (given, crashes) => {
        const bench = new ArchiveBench();
        await noteFirstDay(bench.table, 'executions', '2026-07-25');
        const all = given.map(({ status, daysAgo }, number) => {
          const ended = status === 'RUNNING' ? { endedAt: undefined } : {};
          return execution(`e${String(number).padStart(2, '0')}`, daysAgo, { status, ...ended });
        });
        for (const [number, one] of all.entries()) await bench.add(one, given[number]?.commands);
        for (const { writes, isDone } of crashes) {
          await retireExecutions(bench.ports(breaking(bench, writes, isDone)), bench.options()).catch(raised);
          const archived = await archivedIds(bench, 'executions');
          for (const [number, { id }] of all.entries()) {
            const items = await Array.fromAsync(itemsOf(bench, id));
            const isWhole = items.length === 1 + (given[number]?.commands ?? 0);
            expect(isWhole || archived.includes(id), `${id} is lost`).toBe(true);
          }
        }
        await retireExecutions(bench.ports(), bench.options());
        const over = all.filter(({ status }, at) => isOver(status) && (given[at]?.daysAgo ?? 0) > 90);
        expect(await archivedIds(bench, 'executions')).toEqual(over.map(({ id }) => id).sort());
        const commands = over.flatMap(({ id }) =>
          Array.from(
            { length: given[all.findIndex((one) => one.id === id)]?.commands ?? 0 },
            (_, at) => `${id}:step${at}:0`,
          ),
        );
        expect(await archivedIds(bench, 'commands')).toEqual(commands.sort());
        for (const { id } of all) {
          const items = await Array.fromAsync(itemsOf(bench, id));
          expect(items.length === 0).toBe(over.some((one) => one.id === id));
        }
        expect(await verifyArchive(bench.store)).toMatchObject({ damaged: [] });
      },
    ),
    { numRuns: 40 },
  );
});

/** A round ends well, or by the crash. */
function raised(error: unknown): true {
  if (error instanceof Crash) return true;
  throw error;
}

function isOver(status: ExecutionStatus): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

async function* itemsOf({ table }: ArchiveBench, id: string): AsyncGenerator<unknown> {
  let cursor: string | undefined;
  do {
    const query = { partition: executionKeys.partition(id), limit: 1_000 };
    const page = await table.query(cursor === undefined ? query : { ...query, cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
