import { z } from 'zod';
import type { Json } from '#core/json.ts';
import type { Database } from '#storage/database.ts';
import type { Rewind } from './replay.ts';

/** One redrive of an execution. */
export interface StoredRedrive extends Rewind {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** What operators have done to an execution, as far as the engine has to know when it goes on. */
export interface Control {
  readonly redrives: readonly StoredRedrive[];
  readonly isPaused: boolean;
  /** Results that stand in for those of states, by the id of the event by which the state was entered. */
  readonly skips: ReadonlyMap<number, Json>;
}

/** Tables of their own, so that executions that nobody touches cost nothing. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS engine_redrives (
    execution INTEGER NOT NULL, event INTEGER NOT NULL, at INTEGER NOT NULL, rewindTo TEXT NOT NULL,
    PRIMARY KEY (execution, event)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS engine_skips (
    execution INTEGER NOT NULL, event INTEGER NOT NULL, result TEXT NOT NULL, PRIMARY KEY (execution, event)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS engine_pauses (execution INTEGER PRIMARY KEY);
`;

const RedriveRow = z.object({ event: z.number(), at: z.number(), rewindTo: z.string() });
const SkipRow = z.object({ event: z.number(), result: z.string() });

/** The engine's record of redrives, pauses and skipped states. Writes are part of the open commit. */
export class ControlStore {
  readonly #statements;

  constructor({ sqlite }: Database) {
    sqlite.exec(SCHEMA);
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

  /** What there is of an execution, by its row id. */
  read(id: number): Control {
    const redrives = this.#statements.redrives.all(id).map((row) => {
      const { event, at, rewindTo } = RedriveRow.parse(row);
      return { event, at, rewindTo: z.array(z.number()).parse(JSON.parse(rewindTo)) };
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

  /** Makes an ended execution run again, on this machine. */
  redrive(id: number, { event, at, rewindTo }: StoredRedrive, machine: string): void {
    this.#statements.reopen.run(machine, id);
    this.#statements.addRedrive.run(id, event, at, JSON.stringify(rewindTo));
    this.#statements.resume.run(id);
  }

  /** Gives a state a result in place of its own. */
  skip(id: number, event: number, result: Json): void {
    this.#statements.addSkip.run(id, event, JSON.stringify(result));
  }

  /** Pauses an execution, or lets it go on. */
  setPaused(id: number, isPaused: boolean): void {
    const { pause, resume } = this.#statements;
    (isPaused ? pause : resume).run(id);
  }
}

function parseJson(text: string): Json {
  return JSON.parse(text);
}
