import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import type { Json } from '#core/json.ts';
import type { ColumnDefinition, ColumnType, Row } from './columns.ts';

/** So many rows are held at once. */
const ROWS_A_GROUP = 10_000;

const TYPES = {
  string: 'STRING',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  json: 'STRING',
} as const satisfies Record<ColumnType, string>;

/** Writes rows as Parquet, a group at a time, with Snappy. What is neither text, number nor truth is a column of JSON texts. */
export async function writeParquet(
  filename: string,
  columns: readonly ColumnDefinition[],
  rows: AsyncIterable<Row>,
): Promise<void> {
  await parquetWriteRows({
    writer: fileWriter(filename),
    columns: columns.map(({ name, type }) => ({ name, type: TYPES[type], nullable: true })),
    rows: cellsOf(columns, rows),
    rowGroupSize: ROWS_A_GROUP,
    createdBy: 'stepwright',
  });
}

async function* cellsOf(
  columns: readonly ColumnDefinition[],
  rows: AsyncIterable<Row>,
): AsyncGenerator<Record<string, unknown>> {
  for await (const row of rows)
    yield Object.fromEntries(columns.map(({ name, type }) => [name, cellOf(row[name], type)]));
}

function cellOf(value: Json | undefined, type: ColumnType): unknown {
  if (value === undefined || value === null) return undefined;
  if (type === 'json') return JSON.stringify(value);
  return type === 'timestamp' ? new Date(String(value)) : value;
}
