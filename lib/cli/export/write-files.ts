import { createReadStream, createWriteStream, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StepwrightError } from '#core/error.ts';
import { JsonObjectSchema } from '#core/json.ts';
import { makeFolder } from '#embedded/make-folder.ts';
import { type ColumnNote, type DECISION_COLUMNS, ObservedColumns, type Row } from './columns.ts';
import type { ExportArguments } from './export-arguments.ts';
import { writeParquet } from './parquet.ts';
import { type Part, partition, partsOf, type Split } from './split.ts';
import { csv, jsonLine, jsonLines } from './text-formats.ts';

/** What is written, how, and where. */
export interface ExportPlan {
  /** What the names of the files begin with. */
  readonly name: string;
  readonly folder: string;
  readonly format: ExportArguments['format'];
  readonly split: Split | undefined;
  readonly fixed: typeof DECISION_COLUMNS;
  /** What is known of columns by their names, beside what all have. */
  readonly notes: ReadonlyMap<string, ColumnNote>;
  /** What the dictionary tells beside the columns. */
  readonly about: Readonly<Record<string, string | boolean>>;
}

/** A file that was written. */
export interface WrittenFile {
  /** Its name in the folder. */
  readonly file: string;
  readonly part: Part;
  readonly rows: number;
}

/** What was written. */
export interface Written {
  readonly files: readonly WrittenFile[];
  /** The name of its file. */
  readonly dictionary: string;
  readonly rows: number;
}

/**
 * Writes rows, which come in the order of time, and a dictionary of their columns. Rows go through a draft on disk, since which
 * columns there are, and where time is split, is known only when all have been seen; none is held in memory for long. Files get
 * their names when all of them are whole. Throws SW3024 where they cannot be written.
 */
export async function writeFiles(rows: AsyncIterable<Row>, plan: ExportPlan): Promise<Written> {
  const drafts = new Drafts(plan.folder);
  try {
    makeFolder(plan.folder);
    const observed = new ObservedColumns(plan.fixed);
    const draft = drafts.begin(`${plan.name}.rows`);
    const count = await keepDraft(draft, rows, observed);
    const files: WrittenFile[] = [];
    for (const part of partsOf(plan.split)) {
      const file = `${plan.name}${part === 'all' ? '' : `.${part}`}.${plan.format}`;
      const counted = { rows: 0 };
      const own = rowsOf(draft, partition(plan.split, count), part, counted);
      await writePart(drafts.begin(file), { format: plan.format, observed }, own);
      files.push({ file, part, rows: counted.rows });
    }
    const dictionary = `${plan.name}.dictionary.json`;
    writeFileSync(drafts.begin(dictionary), dictionaryText(plan, observed, { files, count }));
    drafts.keep([...files.map(({ file }) => file), dictionary]);
    return { files, dictionary, rows: count };
  } catch (error) {
    throw isOfFiles(error) ? unwritable(plan.folder, error) : error;
  } finally {
    drafts.drop();
  }
}

/** Files that have not got their names yet. */
class Drafts {
  readonly #folder: string;
  readonly #begun = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  begin(name: string): string {
    const draft = join(this.#folder, `.${name}.${process.pid}.tmp`);
    this.#begun.set(name, draft);
    return draft;
  }

  keep(names: readonly string[]): void {
    for (const name of names) {
      const draft = this.#begun.get(name);
      if (draft !== undefined) renameSync(draft, join(this.#folder, name));
      this.#begun.delete(name);
    }
  }

  drop(): void {
    for (const draft of this.#begun.values()) rmSync(draft, { force: true });
  }
}

async function keepDraft(file: string, rows: AsyncIterable<Row>, observed: ObservedColumns): Promise<number> {
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const row of rows) {
      count++;
      observed.observe(row);
      yield jsonLine(row);
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(file));
  return count;
}

async function* rowsOf(
  draft: string,
  partOf: (at: string) => Part,
  wanted: Part,
  counted: { rows: number },
): AsyncGenerator<Row> {
  for await (const line of createInterface({ input: createReadStream(draft), crlfDelay: Infinity })) {
    const row = JsonObjectSchema.parse(JSON.parse(line));
    if (partOf(String(row['at'])) !== wanted) continue;
    counted.rows++;
    yield row;
  }
}

async function writePart(
  file: string,
  { format, observed }: { readonly format: ExportPlan['format']; readonly observed: ObservedColumns },
  rows: AsyncIterable<Row>,
): Promise<void> {
  const columns = observed.all();
  if (format === 'parquet') return writeParquet(file, columns, rows);
  const { head, line } = format === 'csv' ? csv(columns) : jsonLines(columns);
  async function* lines(): AsyncGenerator<string> {
    if (head !== '') yield head;
    for await (const row of rows) yield line(row);
  }
  await pipeline(Readable.from(lines()), createWriteStream(file));
}

function dictionaryText(
  { about, notes }: ExportPlan,
  observed: ObservedColumns,
  { files, count }: { readonly files: readonly WrittenFile[]; readonly count: number },
): string {
  const columns = observed.all().map((column) => ({
    ...{ ...column, ...notes.get(column.name) },
    filled: observed.filled(column.name),
  }));
  return `${JSON.stringify({ ...about, ...observed.period, rows: count, files, columns }, undefined, 2)}\n`;
}

function isOfFiles(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

function unwritable(folder: string, cause: Error): StepwrightError {
  return new StepwrightError(
    {
      code: 'SW3024',
      kind: 'invalid',
      message: `${folder} cannot be written to: ${cause.message}`,
      hint: 'name a folder that you may write to with -o',
    },
    { cause },
  );
}
