import * as z from 'zod';
import type { Json } from '#core/json.ts';
import type { Database } from '#storage/database.ts';
import type { Control, ControlStore, StoredRedrive } from './journal-store.ts';

/** Tables of their own, so that executions that nobody touches cost nothing. */
export const CONTROL_SCHEMA = `
  CREATE TABLE engine_redrives (
    execution INTEGER NOT NULL, event INTEGER NOT NULL, at INTEGER NOT NULL, rewindTo TEXT NOT NULL,
    PRIMARY KEY (execution, event)
  ) WITHOUT ROWID;
  CREATE TABLE engine_skips (
    execution INTEGER NOT NULL, event INTEGER NOT NULL, result TEXT NOT NULL, PRIMARY KEY (execution, event)
  ) WITHOUT ROWID;
  CREATE TABLE engine_pauses (execution INTEGER PRIMARY KEY);
`;

const RedriveRow = z.object({ event: z.number(), at: z.number(), rewindTo: z.string() });
/** Those of an execution without children are written as a list. */
const PointsSchema = z.union([
  z.array(z.number()),
  z.object({
    rewindTo: z.array(z.number()),
    children: z.array(
      z.object({ ref: z.object({ machine: z.string(), name: z.string() }), rewindTo: z.array(z.number()) }),
    ),
  }),
]);
const SkipRow = z.object({ event: z.number(), result: z.string() });

/** The engine's record of redrives, pauses and skipped states. Writes are part of the open commit. */
export class SqliteControlStore implements ControlStore {
  readonly #statements;

  constructor({ sqlite }: Database) {
    this.#statements = {
      redrives: sqlite.prepare(
        'SELECT event, at, rewindTo FROM engine_redrives WHERE execution = ? ORDER BY event',
      ),
      addRedrive: sqlite.prepare(
        'INSERT INTO engine_redrives (execution, event, at, rewindTo) VALUES (?, ?, ?, ?)',
      ),
      reopen: sqlite.prepare(
        `UPDATE executions SET machine = ?, status = 'RUNNING', output = NULL, error = NULL, cause = NULL, endedAt = NULL,
         notified = 0 WHERE id = ?`,
      ),
      skips: sqlite.prepare('SELECT event, result FROM engine_skips WHERE execution = ?'),
      addSkip: sqlite.prepare(
        'INSERT OR REPLACE INTO engine_skips (execution, event, result) VALUES (?, ?, ?)',
      ),
      isPaused: sqlite.prepare('SELECT 1 FROM engine_pauses WHERE execution = ?'),
      pause: sqlite.prepare('INSERT OR IGNORE INTO engine_pauses (execution) VALUES (?)'),
      resume: sqlite.prepare('DELETE FROM engine_pauses WHERE execution = ?'),
    };
  }

  read(id: number): Control {
    const redrives = this.#statements.redrives.all(id).map((row) => {
      const { event, at, rewindTo } = RedriveRow.parse(row);
      const points = PointsSchema.parse(JSON.parse(rewindTo));
      return { event, at, ...(Array.isArray(points) ? { rewindTo: points } : points) };
    });
    const skips = this.#statements.skips.all(id).map((row) => {
      const { event, result } = SkipRow.parse(row);
      return [event, parseJson(result)] as const;
    });
    return {
      redrives,
      skips: new Map(skips),
      isPaused: this.#statements.isPaused.get(id) !== undefined,
    };
  }

  redrive(id: number, { event, at, rewindTo, children }: StoredRedrive, machine: string): void {
    this.#statements.reopen.run(machine, id);
    const points = children === undefined ? rewindTo : { rewindTo, children };
    this.#statements.addRedrive.run(id, event, at, JSON.stringify(points));
    this.#statements.resume.run(id);
  }

  skip(id: number, event: number, result: Json): void {
    this.#statements.addSkip.run(id, event, JSON.stringify(result));
  }

  setPaused(id: number, isPaused: boolean): void {
    const { pause, resume } = this.#statements;
    (isPaused ? pause : resume).run(id);
  }
}

function parseJson(text: string): Json {
  return JSON.parse(text);
}
