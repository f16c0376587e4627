import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryArchive } from '#archive/read/query.ts';
import { verifyArchive } from '#archive/read/verify.ts';
import { noteFirstDay } from '#archive/retire/progress.ts';
import { FolderStore } from '#archive/stores/folder-store.ts';
import { toCommandItem } from '#devices/command.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { toExecutionItem } from '#executions/execution.ts';
import { Database } from '#storage/database.ts';
import { command } from '#support/archive-bench.ts';
import { executionKeys } from '#table/keys.ts';
import { SqliteTable } from '#table/sqlite.ts';

const EXECUTIONS = 60;
const COMMANDS = 60;
/** With which write each life ends: those of parts and manifests first, then those that delete. */
const LAST_WRITES = [2, 3, 8, 10, 11, 25, 40];
const MACHINE = 'm-1_0_0';
const IDS = Array.from({ length: EXECUTIONS }, (_, number) => `e${String(number).padStart(3, '0')}`);

let folder = '';
let script = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-kill-archive-'));
  script = join(folder, 'archive-process.mjs');
  buildSync({
    entryPoints: [join(import.meta.dirname, 'kill/archive-process.ts')],
    ...{
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      external: ['protobufjs'],
    },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Executions that the engine has run, each with a record and commands. */
async function fill(file: string): Promise<void> {
  const database = new Database(file);
  const engine = new EmbeddedEngine({ database, functions: {} });
  const table = new SqliteTable(database);
  const States = { a: { Type: 'Pass', End: true } };
  await engine.deploy({ name: MACHINE, definition: { QueryLanguage: 'JSONata', StartAt: 'a', States } });
  const startedAt = Date.now();
  await noteFirstDay(table, 'executions', new Date(startedAt).toISOString().slice(0, 10));
  for (const id of IDS) {
    await engine.start({ machine: MACHINE, name: id }, {});
    await engine.whenEnded({ machine: MACHINE, name: id });
    const record = {
      id,
      workflow: 'm',
      version: '1.0.0',
      machine: MACHINE,
      status: 'SUCCEEDED',
      input: {},
    } as const;
    const commands = Array.from({ length: COMMANDS }, (_, number) =>
      toCommandItem(command(id, number, startedAt)),
    );
    await table.putAll([toExecutionItem({ ...record, startedAt, endedAt: startedAt }), ...commands]);
  }
  engine.close();
  database.close();
}

/** How many items each execution has in the table, and how many the engine has. */
async function left(file: string): Promise<{ items: ReadonlyMap<string, number>; runs: number }> {
  const database = new Database(file);
  const table = new SqliteTable(database);
  const items = new Map<string, number>();
  for (const id of IDS) {
    const page = await table.query({ partition: executionKeys.partition(id), limit: 1_000 });
    items.set(id, page.items.length);
  }
  const runs = Number(database.sqlite.prepare('SELECT count(*) AS n FROM executions').get()?.['n']);
  database.close();
  return { items, runs };
}

/** Keeps the house until it is kept, or until its n-th write; gives whether it was kept. */
async function life(file: string, archive: string, last?: number): Promise<boolean> {
  const args = [script, file, archive, ...(last === undefined ? [] : [String(last)])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(child, 'close');
  return said.includes('done');
}

test(`an archiver that is killed ${LAST_WRITES.length} times loses nothing, and what it archives twice is found once`, async () => {
  const file = join(folder, 'stepwright.db');
  const store = new FolderStore(join(folder, 'archive'));
  mkdirSync(store.place);
  await fill(file);
  const archived = async (kind: 'executions' | 'commands' | 'history') =>
    Array.fromAsync(queryArchive(store, { kind }));
  let halfway = 0;
  for (const last of LAST_WRITES) {
    expect(await life(file, store.place, last)).toBe(false);
    const { items } = await left(file);
    const inArchive = new Set((await archived('executions')).map(({ executionId }) => executionId));
    for (const [id, count] of items) expect(count === COMMANDS + 1 || inArchive.has(id), id).toBe(true);
    if ([...items.values()].some((count) => count > 0 && count <= COMMANDS)) halfway++;
  }
  expect(halfway).toBeGreaterThan(0);
  expect(await life(file, store.place)).toBe(true);
  expect((await archived('executions')).map(({ executionId }) => executionId).toSorted()).toEqual(IDS);
  expect(await archived('commands')).toHaveLength(EXECUTIONS * COMMANDS);
  expect(await archived('history')).toHaveLength(EXECUTIONS * 4);
  const { items, runs } = await left(file);
  expect([...items.values()].every((count) => count === 0)).toBe(true);
  // The newest stays, so that its number is not given again.
  expect(runs).toBe(1);
  expect(await verifyArchive(store)).toMatchObject({ damaged: [] });
}, 180_000);
