import type { Schema } from '#storage/schema.ts';

/**
 * The tables of this room, in the engine's own file. A machine of the engine (`owner` engine) never changes and has no
 * revision here. A revision outlives its machine: executions that ran it are described by it.
 */
export const CATALOGUE_SCHEMA: Schema = {
  component: 'step-functions-api',
  steps: [
    `
  CREATE TABLE IF NOT EXISTS sfn_machines (
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, type TEXT NOT NULL, createdAt INTEGER NOT NULL,
    deleting INTEGER NOT NULL DEFAULT 0, current INTEGER, lastVersion INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sfn_machines_by_time ON sfn_machines (createdAt, name);
  CREATE TABLE IF NOT EXISTS sfn_revisions (
    id INTEGER PRIMARY KEY, machine TEXT NOT NULL, revisionId TEXT, type TEXT NOT NULL, definition TEXT NOT NULL,
    roleArn TEXT NOT NULL, logging TEXT NOT NULL, tracing TEXT NOT NULL, createdAt INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS sfn_versions (
    machine TEXT NOT NULL, version INTEGER NOT NULL, revision INTEGER NOT NULL, description TEXT,
    createdAt INTEGER NOT NULL, PRIMARY KEY (machine, version)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_aliases (
    machine TEXT NOT NULL, name TEXT NOT NULL, description TEXT, routing TEXT NOT NULL,
    createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL, PRIMARY KEY (machine, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_pins (
    seq INTEGER PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL,
    version INTEGER, alias TEXT, UNIQUE (machine, name)
  );
  CREATE INDEX IF NOT EXISTS sfn_pins_version ON sfn_pins (machine, version, seq) WHERE version IS NOT NULL;
  CREATE INDEX IF NOT EXISTS sfn_pins_alias ON sfn_pins (machine, alias, seq) WHERE alias IS NOT NULL;
  CREATE TABLE IF NOT EXISTS sfn_activities (name TEXT PRIMARY KEY, createdAt INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_tags (
    resource TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (resource, key)
  ) WITHOUT ROWID;
`,
    // Retention: whether a revision is pinned still.
    'CREATE INDEX sfn_pins_revision ON sfn_pins (revision);',
  ],
};
