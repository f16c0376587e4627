import { join } from 'node:path';
import * as z from 'zod';
import { DecisionRecordSchema, RouteRecordSchema } from '#api/log-documents.ts';
import type { JsonObject } from '#core/json.ts';
import { callApi, type Server } from '../api-client.ts';
import { fetchDecision, fetchDecisions } from '../decisions/decision-calls.ts';
import { findServer } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { count } from '../text-layout.ts';
import { type ColumnNote, DECISION_COLUMNS, ROUTE_COLUMNS, type Row } from './columns.ts';
import type { ExportArguments } from './export-arguments.ts';
import { decisionRow, routeRow } from './rows.ts';
import { type ExportPlan, type Written, writeFiles } from './write-files.ts';

/** `stepwright decisions export`: the logged decisions of a name, else of all decisions that have some, with their dictionaries. */
export async function exportDecisionsCommand(
  { name, ...args }: ExportArguments & { readonly name?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const names = name === undefined ? (await fetchDecisions(server)).map((each) => each.name) : [name];
  const written: Written[] = [];
  for (const each of names) {
    const path = ['decisions', each, 'log'];
    const records = fetchLog(server, { path, schema: DecisionRecordSchema, args });
    if (name === undefined && !(await hasRecords(server, path, args))) continue;
    const { inputs, outputs } = await fetchDecision(server, each, 'latest');
    const notes = new Map([...notesOf('feature', inputs), ...notesOf('chosen', outputs)]);
    const about = { kind: 'decisions', decision: each };
    const plan = planOf(each, { args, about, fixed: DECISION_COLUMNS, notes });
    written.push(await writeFiles(rowsOf(records, decisionRow), plan));
  }
  return tell(args.out, written, terminal);
}

/** `stepwright routes export`: the choices of devices for the steps of a workflow, with their dictionary. */
export async function exportRoutesCommand(
  { workflow, ...args }: ExportArguments & { readonly workflow: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const path = ['workflows', workflow, 'routes', 'log'];
  const server = findServer(args, process.env);
  // No file is begun for a workflow that there is not.
  await hasRecords(server, path, args);
  const records = fetchLog(server, { path, schema: RouteRecordSchema, args });
  const about = { kind: 'routes', workflow };
  const plan = planOf(`${workflow}.routes`, { args, about, fixed: ROUTE_COLUMNS, notes: new Map() });
  return tell(args.out, [await writeFiles(rowsOf(records, routeRow), plan)], terminal);
}

function planOf(
  name: string,
  {
    args,
    about,
    ...rest
  }: Pick<ExportPlan, 'fixed' | 'notes'> & {
    readonly args: ExportArguments;
    readonly about: Readonly<Record<string, string>>;
  },
): ExportPlan {
  const { format, split, out: folder, from, to, withoutPersonalData = false } = args;
  const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return { ...rest, name, folder, format, split, about: { ...about, ...period, withoutPersonalData } };
}

/** What the schemas of inputs or outputs tell of their columns: `description`, `unit`, `personal`. */
function notesOf(
  group: string,
  schemas: Readonly<Record<string, JsonObject>>,
): readonly (readonly [string, ColumnNote])[] {
  return Object.entries(schemas).map(([name, { description, unit, personal }]) => [
    `${group}.${name}`,
    {
      ...(typeof description === 'string' ? { meaning: description } : {}),
      ...(typeof unit === 'string' ? { unit } : {}),
      ...(personal === true ? { personal } : {}),
    },
  ]);
}

async function* rowsOf<Record>(
  records: AsyncIterable<Record>,
  toRow: (record: Record) => Row,
): AsyncGenerator<Row> {
  for await (const record of records) yield toRow(record);
}

const PAGE = 1_000;

/** All records of a log, page by page, while they are asked for. */
async function* fetchLog<Schema extends z.ZodType>(
  server: Server,
  asked: { readonly path: readonly string[]; readonly schema: Schema; readonly args: ExportArguments },
): AsyncGenerator<z.output<Schema>> {
  const answer = z.object({ records: z.array(asked.schema), cursor: z.string().optional() });
  // Records that come while this goes on are after the end: all pages are of one period.
  const { from, to = new Date().toISOString(), withoutPersonalData } = asked.args;
  const query = {
    ...{ to, limit: String(PAGE) },
    ...(from === undefined ? {} : { from }),
    ...(withoutPersonalData === true ? { personalData: 'false' } : {}),
  };
  let cursor: string | undefined;
  do {
    const next = { ...query, ...(cursor === undefined ? {} : { cursor }) };
    const { document } = await callApi(server, { method: 'GET', path: asked.path, query: next, answer });
    yield* document.records;
    cursor = document.cursor;
  } while (cursor !== undefined);
}

async function hasRecords(
  server: Server,
  path: readonly string[],
  { from, to }: ExportArguments,
): Promise<boolean> {
  const query = {
    limit: '1',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const answer = z.object({ records: z.array(z.unknown()) });
  return (await callApi(server, { method: 'GET', path, query, answer })).document.records.length > 0;
}

function tell(folder: string, written: readonly Written[], terminal: Terminal): ExitCode {
  if (terminal.json) printJson(terminal, { folder, exports: written });
  else if (written.length === 0) terminal.print('nothing has been logged in this period');
  for (const { files, dictionary } of terminal.json ? [] : written) {
    for (const { file, rows } of files) terminal.print(`${join(folder, file)}: ${count(rows, 'row')}`);
    terminal.print(`${join(folder, dictionary)}: what the columns are`);
  }
  return 0;
}
