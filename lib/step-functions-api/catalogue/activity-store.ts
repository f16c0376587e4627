import * as z from 'zod';
import type { Database } from '#storage/database.ts';

/** An activity: a name that workers poll for tasks. */
export interface StoredActivity {
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

const ActivityRow = z.object({ name: z.string(), createdAt: z.number() });

/** Activities. Writes are part of the open commit. */
export class ActivityStore {
  readonly #statements;

  constructor({ sqlite }: Database) {
    this.#statements = {
      find: sqlite.prepare('SELECT * FROM sfn_activities WHERE name = ?'),
      list: sqlite.prepare('SELECT * FROM sfn_activities WHERE name > ? ORDER BY name LIMIT ? + 0'),
      add: sqlite.prepare('INSERT INTO sfn_activities (name, createdAt) VALUES (?, ?)'),
      remove: sqlite.prepare('DELETE FROM sfn_activities WHERE name = ?'),
    };
  }

  find(name: string): StoredActivity | undefined {
    const row = this.#statements.find.get(name);
    return row === undefined ? undefined : ActivityRow.parse(row);
  }

  /** Activities after one, by name. */
  list(after: string, limit: number): StoredActivity[] {
    return this.#statements.list.all(after, limit).map((row) => ActivityRow.parse(row));
  }

  add({ name, createdAt }: StoredActivity): void {
    this.#statements.add.run(name, createdAt);
  }

  remove(name: string): void {
    this.#statements.remove.run(name);
  }
}
