import type { Schema } from '#storage/schema.ts';

/**
 * The log of events, where each execution begins in it, and how far each reader has come that must miss none. A row is the events of one
 * commit, as many as fit on a page: a row for each would take as long to write as the events to make. An index of all events
 * by execution would make each commit write one more page.
 */
export const EVENT_LOG_SCHEMA: Schema = {
  component: 'events',
  steps: [
    `
      CREATE TABLE event_log (
        position INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, execution TEXT, event TEXT NOT NULL
      );
      CREATE TABLE event_starts (execution TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE event_readers (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
    `,
    // Until then, starts were written with their events.
    "INSERT INTO event_readers (name, position) SELECT 'starts', coalesce(max(position), 0) FROM event_log",
    // Since then it was but the rest of an event, by names of one letter; rows from before have all of it.
    'ALTER TABLE event_log RENAME COLUMN event TO rest',
    // Since then a row has many events (event-batch.ts).
    `
      CREATE TABLE event_batches (
        first INTEGER PRIMARY KEY, last INTEGER NOT NULL, at INTEGER NOT NULL, events TEXT NOT NULL
      );
      INSERT INTO event_batches
        SELECT position, position, at, json_object(
          'k', json_array(kind),
          'a', json_array(coalesce(
            rest ->> 'at', rest ->> 'a',
            strftime('%Y-%m-%dT%H:%M:%S', at / 1000, 'unixepoch') || printf('.%03dZ', at % 1000)
          )),
          'id', json_array(coalesce(rest ->> 'id', kind || '/' || (rest ->> 'i'))),
          'e', json_array(execution),
          'w', json_array(coalesce(rest ->> 'workflow', rest ->> 'w')),
          'n', json_array(coalesce(rest ->> 'version', rest ->> 'n')),
          'p', json_array(coalesce(rest ->> 'path', rest ->> 'p')),
          'd', json_array(coalesce(rest ->> 'device', rest ->> 'd')),
          'c', json_array(coalesce(rest ->> 'command', rest ->> 'c')),
          'x', json_array(json(coalesce(rest -> 'data', rest -> 'x')))
        )
        FROM event_log;
      DROP TABLE event_log;
    `,
    // Since then a row has many begins of executions (execution-starts.ts).
    `
      CREATE TABLE event_start_rows (
        first INTEGER PRIMARY KEY, last INTEGER NOT NULL, least TEXT NOT NULL, greatest TEXT NOT NULL,
        starts TEXT NOT NULL
      );
      INSERT INTO event_start_rows
        SELECT min(position), max(position), min(execution), max(execution),
          json_object('executions', json_group_array(execution), 'positions', json_group_array(position))
        FROM (
          SELECT execution, position, (row_number() OVER (ORDER BY position) - 1) / 200 AS part FROM event_starts
        )
        GROUP BY part;
      DROP TABLE event_starts;
      ALTER TABLE event_start_rows RENAME TO event_starts;
    `,
  ],
};
