import type { DatabaseSync } from 'node:sqlite';
import { StepwrightError } from '#core/error.ts';

/**
 * The tables of one component in the file. Step number n, counted from 1, makes version n of version n - 1. A step that was
 * released never changes; what changes is a step more.
 */
export interface Schema {
  /** Names the component in the file, for ever. */
  readonly component: string;
  /** SQL of each step. Step 1 may find its tables there: files older than this table of versions have them. */
  readonly steps: readonly string[];
}

const VERSIONS = `
  CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID
`;

/**
 * Brings the tables of a component to the newest version, each step in a transaction of its own together with its number:
 * a crash leaves the version before or after. Throws SW3075 when the file is from a newer program.
 */
export function migrate(sqlite: DatabaseSync, schema: Schema): void {
  const found = schemaVersion(sqlite, schema.component);
  if (found > schema.steps.length) throw newerFile(schema, found);
  for (const [index, step] of schema.steps.entries()) {
    if (index >= found) takeStep(sqlite, { component: schema.component, version: index + 1, step });
  }
}

/** The version that the tables of a component have in a file; 0 where there are none, or none with a version. */
export function schemaVersion(sqlite: DatabaseSync, component: string): number {
  const isThere = sqlite.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_versions'").get();
  if (isThere === undefined) return 0;
  const row = sqlite.prepare('SELECT version FROM schema_versions WHERE component = ?').get(component);
  return Number(row?.['version'] ?? 0);
}

interface Step {
  readonly component: string;
  readonly version: number;
  readonly step: string;
}

function takeStep(sqlite: DatabaseSync, { component, version, step }: Step): void {
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    sqlite.exec(VERSIONS);
    sqlite.exec(step);
    sqlite.prepare('INSERT OR REPLACE INTO schema_versions VALUES (?, ?)').run(component, version);
    sqlite.exec('COMMIT');
  } catch (error) {
    if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
    throw error;
  }
}

/** SW3075: the file was written by a newer program. */
export function newerFile({ component, steps }: Schema, found: number): StepwrightError {
  return new StepwrightError({
    code: 'SW3075',
    kind: 'conflict',
    message: `the data is of a newer Stepwright: "${component}" has version ${found}, and this program knows ${steps.length}`,
    hint: 'use the newer program, or restore a backup from before',
  });
}
