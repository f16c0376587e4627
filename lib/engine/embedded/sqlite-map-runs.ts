import * as z from 'zod';
import type { Database } from '#storage/database.ts';
import { type ChildQuery, type ChildSummary, ENGINE_STATUSES } from '../engine.ts';
import type {
  MapRunChild,
  MapRunPlace,
  MapRunState,
  MapRunStore,
  MapRunTally,
  StoredMapRun,
} from './map-run-store.ts';

/** Tables of their own, so that executions without distributed Maps cost nothing. */
export const MAP_RUN_SCHEMA = `
  CREATE TABLE map_runs (
    id INTEGER PRIMARY KEY, execution INTEGER NOT NULL, event INTEGER NOT NULL, name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL, UNIQUE (execution, event)
  );
  CREATE TABLE map_run_children (
    run INTEGER NOT NULL, execution INTEGER NOT NULL UNIQUE, items INTEGER NOT NULL, round INTEGER NOT NULL,
    PRIMARY KEY (run, execution)
  ) WITHOUT ROWID;
`;

const SELECT = `SELECT map_runs.id AS id, map_runs.name AS name, map_runs.state AS state,
  executions.machine AS machine, executions.name AS parent
  FROM map_runs JOIN executions ON executions.id = map_runs.execution`;

const RunRow = z.object({
  id: z.number(),
  name: z.string(),
  state: z.string(),
  machine: z.string(),
  parent: z.string(),
});
const ChildRow = z.object({ execution: z.number(), items: z.number(), round: z.number() });
const SummaryRow = z.object({
  machine: z.string(),
  name: z.string(),
  status: z.enum(ENGINE_STATUSES),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
});
const TallyRow = z.object({
  status: z.enum(ENGINE_STATUSES),
  round: z.number(),
  executions: z.number(),
  items: z.number(),
});

/** The engine's record of Map Runs. Writes are part of the open commit. */
export class SqliteMapRuns implements MapRunStore {
  readonly #statements;

  constructor({ sqlite }: Database) {
    this.#statements = {
      find: sqlite.prepare(`${SELECT} WHERE map_runs.name = ?`),
      at: sqlite.prepare(`${SELECT} WHERE map_runs.execution = ? AND map_runs.event = ?`),
      list: sqlite.prepare(
        `${SELECT} WHERE map_runs.execution = ? AND map_runs.id < ? ORDER BY map_runs.id DESC LIMIT ? + 0`,
      ),
      ofChild: sqlite.prepare(
        `${SELECT} WHERE map_runs.id = (SELECT run FROM map_run_children WHERE execution = ?)`,
      ),
      add: sqlite.prepare('INSERT INTO map_runs (execution, event, name, state) VALUES (?, ?, ?, ?)'),
      change: sqlite.prepare('UPDATE map_runs SET state = ? WHERE id = ?'),
      putChild: sqlite.prepare(
        'INSERT OR REPLACE INTO map_run_children (run, execution, items, round) VALUES (?, ?, ?, ?)',
      ),
      child: sqlite.prepare(
        'SELECT execution, items, round FROM map_run_children WHERE run = ? AND execution = ?',
      ),
      children: sqlite.prepare(
        `SELECT machine, name, status, startedAt, endedAt FROM map_run_children AS children
         JOIN executions ON executions.id = children.execution
         WHERE run = ?1 AND (?2 IS NULL OR status = ?2) ORDER BY children.execution DESC LIMIT ?3 + 0`,
      ),
      tally: sqlite.prepare(
        `SELECT status, round, COUNT(*) AS executions, SUM(items) AS items FROM map_run_children
         JOIN executions ON executions.id = map_run_children.execution WHERE run = ? GROUP BY status, round`,
      ),
    };
  }

  find(name: string): StoredMapRun | undefined {
    return toRun(this.#statements.find.get(name));
  }

  at({ execution, event }: MapRunPlace): StoredMapRun | undefined {
    return toRun(this.#statements.at.get(execution, event));
  }

  list(execution: number, before: number, limit: number): StoredMapRun[] {
    return this.#statements.list.all(execution, before, limit).flatMap((row) => toRun(row) ?? []);
  }

  add({ execution, event }: MapRunPlace, name: string, state: MapRunState): number {
    return Number(this.#statements.add.run(execution, event, name, JSON.stringify(state)).lastInsertRowid);
  }

  change(run: number, state: MapRunState): void {
    this.#statements.change.run(JSON.stringify(state), run);
  }

  putChild(run: number, { execution, items, round }: MapRunChild): void {
    this.#statements.putChild.run(run, execution, items, round);
  }

  child(run: number, execution: number): MapRunChild | undefined {
    const row = this.#statements.child.get(run, execution);
    return row === undefined ? undefined : ChildRow.parse(row);
  }

  ofChild(execution: number): { readonly run: StoredMapRun; readonly child: MapRunChild } | undefined {
    const run = toRun(this.#statements.ofChild.get(execution));
    const child = run === undefined ? undefined : this.child(run.id, execution);
    return run === undefined || child === undefined ? undefined : { run, child };
  }

  children(run: number, { status, most }: ChildQuery): ChildSummary[] {
    return this.#statements.children.all(run, status ?? null, most).map((row) => {
      const { machine, name, endedAt, ...times } = SummaryRow.parse(row);
      return { ref: { machine, name }, ...times, ...(endedAt === null ? {} : { endedAt }) };
    });
  }

  tally(run: number): MapRunTally[] {
    return this.#statements.tally.all(run).map((row) => TallyRow.parse(row));
  }
}

function toRun(row: unknown): StoredMapRun | undefined {
  if (row === undefined) return undefined;
  const { id, name, state, machine, parent } = RunRow.parse(row);
  return { ...parseState(state), id, name, parent: { machine, name: parent } };
}

function parseState(text: string): MapRunState {
  return JSON.parse(text);
}
