import * as z from 'zod';
import type { Database } from '#storage/database.ts';

/** A tag of a resource. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

const TagRow = z.object({ key: z.string(), value: z.string() });

/** Tags by the ARN of their resource. Writes are part of the open commit. */
export class TagStore {
  readonly #statements;

  constructor({ sqlite }: Database) {
    this.#statements = {
      list: sqlite.prepare('SELECT key, value FROM sfn_tags WHERE resource = ? ORDER BY key'),
      put: sqlite.prepare('INSERT OR REPLACE INTO sfn_tags (resource, key, value) VALUES (?, ?, ?)'),
      remove: sqlite.prepare('DELETE FROM sfn_tags WHERE resource = ? AND key = ?'),
      removeAll: sqlite.prepare('DELETE FROM sfn_tags WHERE resource = ?'),
    };
  }

  /** The tags of a resource, by key. */
  list(resource: string): Tag[] {
    return this.#statements.list.all(resource).map((row) => TagRow.parse(row));
  }

  put(resource: string, tags: readonly Tag[]): void {
    for (const { key, value } of tags) this.#statements.put.run(resource, key, value);
  }

  remove(resource: string, keys: readonly string[]): void {
    for (const key of keys) this.#statements.remove.run(resource, key);
  }

  removeAll(resource: string): void {
    this.#statements.removeAll.run(resource);
  }
}
