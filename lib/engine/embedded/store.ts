import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Json, JsonObject } from '#core/json.ts';
import type { Database } from '#storage/database.ts';
import {
  ENGINE_STATUSES,
  type ExecutionDescription,
  type ExecutionRef,
  type TaskFailure,
} from '../engine.ts';
import type { HistoryEvent } from '../history.ts';

/** An event as it is journaled: what the history shows, and what recovery needs besides. */
export interface JournalEvent extends HistoryEvent {
  /** The branch or iteration that it belongs to; '' for the machine itself. */
  readonly thread: string;
  /** On an exit: the state that follows. */
  readonly next?: string | undefined;
  /** On the end of a Map or Parallel, or the start of its next try: why the try before it failed. */
  readonly failure?: TaskFailure | undefined;
}

/** How an execution stands in the store. */
export interface StoredExecution extends ExecutionDescription {
  /** Row id. */
  readonly id: number;
  /** Whether its end has been told. */
  readonly notified: boolean;
}

const SCHEMA = `
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
`;

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
export class EngineStore {
  readonly database: Database;
  readonly #statements;

  constructor(database: Database) {
    this.database = database;
    const { sqlite } = database;
    sqlite.exec(SCHEMA);
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
         AND first >= COALESCE((SELECT MAX(first) FROM journal WHERE execution = ?1 AND first <= ?2), 0) ORDER BY first LIMIT ?3`,
      ),
    };
  }

  /** The secret with which task tokens are signed, made once for each database. */
  secret(): Buffer {
    const { sqlite } = this.database;
    const made = randomBytes(32).toString('base64');
    sqlite.prepare("INSERT OR IGNORE INTO engine_settings (name, value) VALUES ('secret', ?)").run(made);
    const row = z
      .object({ value: z.string() })
      .parse(sqlite.prepare("SELECT value FROM engine_settings WHERE name = 'secret'").get());
    return Buffer.from(row.value, 'base64');
  }

  /** The definition of a machine, as it was deployed. */
  machine(name: string): JsonObject | undefined {
    const row = this.#statements.machine.get(name);
    if (row === undefined) return undefined;
    const definition: JsonObject = JSON.parse(z.object({ definition: z.string() }).parse(row).definition);
    return definition;
  }

  /** Adds a machine. Durable when it resolves. */
  addMachine(name: string, definition: JsonObject): Promise<void> {
    return this.database.commit(() => void this.#statements.addMachine.run(name, JSON.stringify(definition)));
  }

  /** An execution by its machine and name. */
  find(ref: ExecutionRef): StoredExecution | undefined {
    const row = this.#statements.find.get(ref.machine, ref.name);
    return row === undefined ? undefined : toExecution(row);
  }

  /** Executions that run, or whose end has not been told. */
  unsettled(): StoredExecution[] {
    return this.#statements.unsettled.all().map(toExecution);
  }

  /** Adds a running execution; its row id. Part of the open commit. */
  add(ref: ExecutionRef, input: Json, startedAt: number): number {
    const { lastInsertRowid } = this.#statements.add.run(
      ref.machine,
      ref.name,
      JSON.stringify(input),
      startedAt,
    );
    return Number(lastInsertRowid);
  }

  /** Writes the end of an execution. Part of the open commit. */
  end(id: number, end: Omit<ExecutionDescription, 'ref' | 'input' | 'startedAt'>): void {
    const output = end.output === undefined ? null : JSON.stringify(end.output);
    this.#statements.end.run(
      end.status,
      output,
      end.error ?? null,
      end.cause ?? null,
      end.endedAt ?? null,
      id,
    );
  }

  /** Notes that the end of an execution has been told. */
  markNotified(id: number): Promise<void> {
    return this.database.commit(() => void this.#statements.notify.run(id));
  }

  /** Appends events to a journal. Part of the open commit. */
  append(id: number, events: readonly JournalEvent[]): void {
    const [first] = events;
    if (first !== undefined) this.#statements.append.run(id, first.id, JSON.stringify(events));
  }

  /** Events from the one with this id on, at least `count` of them where there are so many. */
  read(id: number, from: number, count: number): JournalEvent[] {
    const found: JournalEvent[] = [];
    const rows = this.#statements.read.all(id, from, count + 1);
    for (const row of rows) {
      const chunk: JournalEvent[] = JSON.parse(z.object({ events: z.string() }).parse(row).events);
      for (const event of chunk) if (event.id >= from) found.push(event);
      if (found.length >= count) break;
    }
    return found;
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
