import * as z from 'zod';
import { PoolSchema, WholePoolSchema } from '#api/routes/pools.ts';
import { callApi, type Server } from '../api-client.ts';
import { secondOf } from '../executions/print-words.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { type OperatorArguments, operatorOf } from '../operator.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { tableStyle } from '../workflows/print-words.ts';

type PoolDocument = z.output<typeof PoolSchema>;
type WholePool = z.output<typeof WholePoolSchema>;

/** `stepwright pools list`: all pools by name. */
export async function listCommand(args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const pools = await fetchPools(findServer(args, process.env));
  if (terminal.json) printJson(terminal, { pools });
  else if (pools.length === 0)
    terminal.print('there are no pools; "stepwright pools set NAME UNITS" makes one');
  else terminal.print(tableLines(pools, POOL_COLUMNS, tableStyle(terminal)).join('\n'));
  return 0;
}

/** `stepwright pools show`: who holds units of a pool, and who waits. */
export async function showCommand(
  name: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const call = { method: 'GET', path: ['pools', name], answer: WholePoolSchema } as const;
  return tellWhole((await callApi(findServer(args, process.env), call)).document, terminal);
}

/** `stepwright pools set`: how many units a pool has. */
export async function setCommand(
  { name, limit, ...args }: ServerArguments & { readonly name: string; readonly limit: number },
  terminal: Terminal,
): Promise<ExitCode> {
  const call = { method: 'PUT', path: ['pools', name], body: { limit }, answer: PoolSchema } as const;
  const { document } = await callApi(findServer(args, process.env), call);
  if (terminal.json) printJson(terminal, document);
  else terminal.print(usedWords(document));
  return 0;
}

/** `stepwright pools release`: takes units from a task. */
export async function releaseCommand(
  { name, task, ...args }: OperatorArguments & { readonly name: string; readonly task: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const body = { ...operatorOf(args), task };
  const call = { method: 'POST', path: ['pools', name, 'release'], body, answer: WholePoolSchema } as const;
  return tellWhole((await callApi(findServer(args, process.env), call)).document, terminal);
}

async function fetchPools(server: Server): Promise<readonly PoolDocument[]> {
  const answer = z.object({ pools: z.array(PoolSchema), cursor: z.string().optional() });
  const found: PoolDocument[] = [];
  let cursor: string | undefined;
  do {
    const query: Record<string, string> = cursor === undefined ? {} : { cursor };
    const { document } = await callApi(server, { method: 'GET', path: ['pools'], query, answer });
    found.push(...document.pools);
    cursor = document.cursor;
  } while (cursor !== undefined);
  return found;
}

function tellWhole(pool: WholePool, terminal: Terminal): ExitCode {
  if (terminal.json) {
    printJson(terminal, pool);
    return 0;
  }
  const rows: readonly Row[] = [
    ...pool.holders.map((holder) => ({ ...holder, state: 'holds' })),
    ...pool.line.map((place) => ({ ...place, state: 'waits' })),
  ];
  const lines = rows.length === 0 ? [] : tableLines(rows, TASK_COLUMNS, tableStyle(terminal));
  terminal.print([usedWords(pool), ...lines].join('\n'));
  return 0;
}

function usedWords({ name, used, limit }: PoolDocument): string {
  return `${name}: ${used} of ${limit} held`;
}

const POOL_COLUMNS: readonly Column<PoolDocument>[] = [
  { title: 'POOL', text: ({ name }) => name },
  { title: 'HELD', text: ({ used }) => String(used) },
  { title: 'UNITS', text: ({ limit }) => String(limit) },
];

type Row = WholePool['holders'][number] & {
  readonly state: string;
  readonly priority?: number;
  readonly key?: string;
};

const TASK_COLUMNS: readonly Column<Row>[] = [
  { title: '', text: ({ state }) => state },
  { title: 'UNITS', text: ({ units }) => String(units) },
  { title: 'SINCE', text: ({ since }) => secondOf(since) },
  { title: 'PRIORITY', text: ({ priority }) => (priority === undefined ? '' : String(priority)) },
  { title: 'KEY', text: ({ key = '' }) => key },
  { title: 'TASK', text: ({ task }) => task },
];
