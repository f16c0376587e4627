import { ARCHIVE_KINDS, type ArchiveKind, valueAt } from '#archive/archive-kinds.ts';
import { type ArchiveQuery, queryArchive } from '#archive/read/query.ts';
import { whereTest } from '#archive/read/where.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { csv, jsonLine } from '../export/text-formats.ts';
import type { ExitCode } from '../print-fault.ts';
import { tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { type ArchiveArguments, findArchive } from './find-archive.ts';

/** How records are written. */
export const QUERY_FORMATS = ['table', 'csv', 'jsonl'] as const;

/** What `stepwright archive query` was called with. */
export interface QueryArguments extends ArchiveArguments, Omit<ArchiveQuery, 'where'> {
  readonly where?: string;
  /** Names of fields, with dots between those of objects in objects. */
  readonly columns?: readonly string[];
  readonly limit: number;
  readonly format: (typeof QUERY_FORMATS)[number];
}

/** `stepwright archive query`: records of a kind that fit. Lines of CSV and JSON are written while they are found. */
export async function queryCommand(args: QueryArguments, terminal: Terminal): Promise<ExitCode> {
  const { kind, where, limit, columns, archive: _place, format, ...rest } = args;
  const store = await findArchive(args, process.env);
  const test = where === undefined ? {} : { where: whereTest(where) };
  const records = queryArchive(store, { ...rest, kind, ...test });
  const printer = terminal.json
    ? wholeDocument(columns, terminal)
    : PRINTERS[format](kind, columns, terminal);
  let [found, more] = [0, false];
  for await (const record of records) {
    more = found === limit;
    if (more) break;
    found++;
    printer.take(record);
  }
  printer.end({ more });
  if (more && !terminal.json)
    terminal.note(`there are more than ${limit}: --limit tells more, --from and --to others`);
  if (found === 0 && !terminal.json) terminal.note(`nothing that fits is in ${store.place}`);
  return 0;
}

/** Writes records. */
interface Printer {
  take(record: JsonObject): void;
  end(about: { readonly more: boolean }): void;
}

type MakePrinter = (kind: ArchiveKind, columns: readonly string[] | undefined, terminal: Terminal) => Printer;

const PRINTERS: Readonly<Record<QueryArguments['format'], MakePrinter>> = {
  table: (kind, columns = ARCHIVE_KINDS[kind].columns, terminal) => {
    const records: JsonObject[] = [];
    return {
      take: (record) => void records.push(record),
      end: () => {
        const shown = columns.map((name) => ({
          title: titleOf(name),
          text: (record: JsonObject) => cellOf(record, name),
        }));
        if (records.length > 0) terminal.print(tableLines(records, shown, tableStyle(terminal)).join('\n'));
      },
    };
  },
  csv: (kind, columns = ARCHIVE_KINDS[kind].columns, terminal) => {
    const format = csv(columns.map((name) => ({ name, type: 'string', meaning: '' })));
    terminal.print(format.head.trimEnd());
    return {
      take: (record) => terminal.print(format.line(partOf(record, columns)).trimEnd()),
      end: () => {},
    };
  },
  jsonl: (_kind, columns, terminal) => ({
    take: (record) => terminal.print(jsonLine(partOf(record, columns)).trimEnd()),
    end: () => {},
  }),
};

function wholeDocument(columns: readonly string[] | undefined, terminal: Terminal): Printer {
  const records: JsonObject[] = [];
  return {
    take: (record) => void records.push(partOf(record, columns)),
    end: ({ more }) => printJson(terminal, { records, more }),
  };
}

/** The fields that were asked for, by the names by which they were; all where none were. */
function partOf(record: JsonObject, columns: readonly string[] | undefined): JsonObject {
  if (columns === undefined) return record;
  return Object.fromEntries(
    columns.flatMap((name) => {
      const value = valueAt(record, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** `startedAt` is STARTED AT. */
function titleOf(name: string): string {
  return name
    .replace(/[A-Z]/g, (letter) => ` ${letter}`)
    .replaceAll('.', ' ')
    .toUpperCase();
}

/** Moments to the second; documents as JSON. */
function cellOf(record: JsonObject, name: string): string {
  const value: Json | undefined = valueAt(record, name);
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? value.slice(0, 19).replace('T', ' ') : value;
}
