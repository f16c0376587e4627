import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Json, JsonObject } from '#core/json.ts';
import type { Database } from '#storage/database.ts';
import { migrate, type Schema } from '#storage/schema.ts';
import { ENGINE_STATUSES, type ExecutionRef } from '../engine.ts';
import { CONTROL_SCHEMA, SqliteControlStore } from './control-store.ts';
import { readEvents, writeEvents } from './event-text.ts';
import type {
  ControlStore,
  ExecutionEnd,
  JournalEvent,
  JournalStore,
  StoredExecution,
} from './journal-store.ts';
import type { MapRunStore } from './map-run-store.ts';
import { MAP_RUN_SCHEMA, SqliteMapRuns } from './sqlite-map-runs.ts';

/** The engine's tables. */
export const ENGINE_SCHEMA: Schema = {
  component: 'engine',
  steps: [
    `
      CREATE TABLE IF NOT EXISTS engine_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS machines (name TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS executions (
        id INTEGER PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
        input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT,
        startedAt INTEGER NOT NULL, endedAt INTEGER, notified INTEGER NOT NULL DEFAULT 0,
        UNIQUE (machine, name)
      );
      CREATE INDEX IF NOT EXISTS executions_unsettled ON executions (id) WHERE notified = 0;
      CREATE TABLE IF NOT EXISTS journal (
        execution INTEGER NOT NULL, first INTEGER NOT NULL, events TEXT NOT NULL, PRIMARY KEY (execution, first)
      ) WITHOUT ROWID;
    `,
    // Retention: what ended when, and journals of executions that are gone.
    `
      CREATE INDEX executions_ended ON executions (endedAt) WHERE notified = 1;
      CREATE TABLE dropped_journals (execution INTEGER PRIMARY KEY);
    `,
    // Redrives, pauses and skipped states.
    CONTROL_SCHEMA,
    // Rows of all journals one after another, as they are written: before, each was put between those of other executions.
    // From here on they may share large texts (event-text.ts).
    `
      ALTER TABLE journal RENAME TO sorted_journal;
      CREATE TABLE journal (
        id INTEGER PRIMARY KEY, execution INTEGER NOT NULL, first INTEGER NOT NULL, events TEXT NOT NULL
      );
      INSERT INTO journal (execution, first, events)
        SELECT execution, first, events FROM sorted_journal ORDER BY execution, first;
      DROP TABLE sorted_journal;
      CREATE UNIQUE INDEX journal_of_execution ON journal (execution, first);
    `,
    MAP_RUN_SCHEMA,
  ],
};

import { jsonText } from './json-text.ts';

const RowSchema = z.object({
  id: z.number(),
  machine: z.string(),
  name: z.string(),
  status: z.enum(ENGINE_STATUSES),
  input: z.string(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  notified: z.number(),
});

/** The engine's part of the database: machines, executions, and their journals, a row for each flush. */
export class EngineStore implements JournalStore {
  readonly database: Database;
  readonly control: ControlStore;
  readonly mapRuns: MapRunStore;
  readonly #statements;

  constructor(database: Database) {
    this.database = database;
    const { sqlite } = database;
    migrate(sqlite, ENGINE_SCHEMA);
    this.control = new SqliteControlStore(database);
    this.mapRuns = new SqliteMapRuns(database);
    this.#statements = {
      machine: sqlite.prepare('SELECT definition FROM machines WHERE name = ?'),
      addMachine: sqlite.prepare('INSERT INTO machines (name, definition) VALUES (?, ?)'),
      find: sqlite.prepare('SELECT * FROM executions WHERE machine = ? AND name = ?'),
      unsettled: sqlite.prepare('SELECT * FROM executions WHERE notified = 0 ORDER BY id'),
      add: sqlite.prepare(
        "INSERT INTO executions (machine, name, status, input, startedAt) VALUES (?, ?, 'RUNNING', ?, ?)",
      ),
      end: sqlite.prepare(
        'UPDATE executions SET status = ?, output = ?, error = ?, cause = ?, endedAt = ? WHERE id = ?',
      ),
      notify: sqlite.prepare('UPDATE executions SET notified = 1 WHERE id = ?'),
      append: sqlite.prepare('INSERT INTO journal (execution, first, events) VALUES (?, ?, ?)'),
      // A chunk that begins before the place asked for may reach beyond it.
      read: sqlite.prepare(
        `SELECT events FROM journal WHERE execution = ?1
         AND first >= COALESCE((SELECT MAX(first) FROM journal WHERE execution = ?1 AND first <= ?2), 0) ORDER BY first LIMIT ?3 + 0`,
      ),
    };
  }

  get failed(): Promise<unknown> {
    return this.database.failed;
  }

  commit<T>(work: () => T): Promise<T> {
    return this.database.commit(work);
  }

  commitLate(work: () => void): Promise<void> {
    return this.database.commitLate(work);
  }

  durable(): Promise<void> {
    return this.database.durable();
  }

  secret(): Buffer {
    const { sqlite } = this.database;
    const made = randomBytes(32).toString('base64');
    sqlite.prepare("INSERT OR IGNORE INTO engine_settings (name, value) VALUES ('secret', ?)").run(made);
    const row = z
      .object({ value: z.string() })
      .parse(sqlite.prepare("SELECT value FROM engine_settings WHERE name = 'secret'").get());
    return Buffer.from(row.value, 'base64');
  }

  machine(name: string): JsonObject | undefined {
    const row = this.#statements.machine.get(name);
    if (row === undefined) return undefined;
    const definition: JsonObject = JSON.parse(z.object({ definition: z.string() }).parse(row).definition);
    return definition;
  }

  addMachine(name: string, definition: JsonObject): Promise<void> {
    return this.database.commit(() => void this.#statements.addMachine.run(name, JSON.stringify(definition)));
  }

  find(ref: ExecutionRef): StoredExecution | undefined {
    const row = this.#statements.find.get(ref.machine, ref.name);
    return row === undefined ? undefined : toExecution(row);
  }

  unsettled(onUnreadable: (id: number, reason: unknown) => void): StoredExecution[] {
    return this.#statements.unsettled.all().flatMap((row) => {
      try {
        return [toExecution(row)];
      } catch (error) {
        onUnreadable(Number(row['id']), error);
        return [];
      }
    });
  }

  add(ref: ExecutionRef, input: Json, startedAt: number): number {
    const { lastInsertRowid } = this.#statements.add.run(ref.machine, ref.name, jsonText(input), startedAt);
    return Number(lastInsertRowid);
  }

  end(id: number, end: ExecutionEnd): void {
    const output = end.output === undefined ? null : jsonText(end.output);
    this.#statements.end.run(
      end.status,
      output,
      end.error ?? null,
      end.cause ?? null,
      end.endedAt ?? null,
      id,
    );
  }

  markNotified(id: number): Promise<void> {
    return this.database.commit(() => void this.#statements.notify.run(id));
  }

  append(id: number, events: readonly JournalEvent[]): void {
    const [first] = events;
    if (first !== undefined) this.#statements.append.run(id, first.id, writeEvents(events));
  }

  read(id: number, from: number, count: number): JournalEvent[] {
    const found: JournalEvent[] = [];
    const rows = this.#statements.read.all(id, from, count + 1);
    for (const row of rows) {
      for (const event of eventsOf(row['events'])) if (event.id >= from) found.push(event);
      if (found.length >= count) break;
    }
    return found;
  }
}

function eventsOf(text: unknown): readonly JournalEvent[] {
  try {
    return readEvents(String(text));
  } catch (error) {
    throw new Error('its journal is damaged: a row cannot be read', { cause: error });
  }
}

function toExecution(row: unknown): StoredExecution {
  const { id, machine, name, status, input, output, error, cause, startedAt, endedAt, notified } =
    RowSchema.parse(row);
  const parsedInput: Json = JSON.parse(input);
  return {
    id,
    ref: { machine, name },
    status,
    input: parsedInput,
    ...(output === null ? {} : { output: parseJson(output) }),
    ...(error === null ? {} : { error }),
    ...(cause === null ? {} : { cause }),
    startedAt,
    ...(endedAt === null ? {} : { endedAt }),
    notified: notified === 1,
  };
}

function parseJson(text: string): Json {
  return JSON.parse(text);
}
