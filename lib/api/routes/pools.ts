import * as z from 'zod';
import { readTaskId } from '#concurrency/hold.ts';
import { setPoolLimit } from '#concurrency/limit.ts';
import { type Lease, leasesOf, lineOf, type Place } from '#concurrency/line.ts';
import { getPool, listPools, type Pool } from '#concurrency/pool.ts';
import { StepwrightError } from '#core/error.ts';
import { NameSchema } from '#definition/fields.ts';
import { releaseByOperator } from '#executions/operate/release.ts';
import type { Table } from '#table/table.ts';
import { OperatorBody } from '../operator-body.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, UNREAD } from '../route.ts';

/** A pool. */
export const PoolSchema = z
  .object({
    name: z.string(),
    limit: z.number().int().describe('Units that there are.'),
    used: z
      .number()
      .int()
      .describe('Units that are held; more than the limit, where that was lowered meanwhile.'),
  })
  .meta({ id: 'Pool' });

const TaskDocument = z.object({
  task: z.string().describe('<execution>:<path>:<try>.'),
  executionId: z.string(),
  path: z.string().describe('The step, such as rollout[3].session.'),
  units: z.number().int(),
  since: z.string().describe('ISO 8601, in UTC, with milliseconds.'),
});

/** A pool with who holds units of it, and who waits for some. */
export const WholePoolSchema = PoolSchema.extend({
  holders: z
    .array(TaskDocument)
    .describe('Tasks that hold units, the one that came first before the others.'),
  line: z
    .array(TaskDocument.extend({ priority: z.number().int(), key: z.string() }))
    .describe('Tasks that wait for units, in the order of their turns.'),
}).meta({ id: 'WholePool' });

function toTaskDocument({ holder, units, since }: Lease): z.input<typeof TaskDocument> {
  const { execution, path } = readTaskId(holder);
  return { task: holder, executionId: execution, path, units, since: new Date(since).toISOString() };
}

function toPlaceDocument(place: Place): z.input<typeof WholePoolSchema>['line'][number] {
  return { ...toTaskDocument(place), priority: place.priority, key: place.key };
}

async function toWholePool(table: Table, pool: Pool): Promise<z.input<typeof WholePoolSchema>> {
  const holders = (await leasesOf(table, pool.name)).map(toTaskDocument);
  return { ...toPoolDocument(pool), holders, line: (await lineOf(table, pool.name)).map(toPlaceDocument) };
}

function toPoolDocument({ name, limit, used }: Pool): z.input<typeof PoolSchema> {
  return { name, limit, used };
}

/** Routes of pools of units. */
export const POOL_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/pools',
    summary: 'List pools by name',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('pools', PoolSchema) } },
    serve: async ({ table }, { query }) => {
      const { pools, ...rest } = await listPools(table, pageOf(query));
      return { status: 200, document: { pools: pools.map(toPoolDocument), ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/pools/{name}',
    summary: 'Read a pool, with who holds units of it and who stands in line',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The pool.', schema: WholePoolSchema } },
    serve: async ({ table }, { params }) => {
      const pool = await getPool(table, params['name'] ?? '');
      return { status: 200, document: await toWholePool(table, pool) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/v1/pools/{name}',
    summary: 'Set how many units a pool has, also while steps hold some; makes it where there is none',
    query: UNREAD,
    body: z.object({ limit: z.number().int().min(0).max(1_000_000) }),
    answers: { 200: { description: 'The pool as it now is.', schema: PoolSchema } },
    serve: async (ports, { params, body }) => {
      const name = poolName(params['name'] ?? '');
      return { status: 200, document: toPoolDocument(await setPoolLimit(ports, name, body.limit)) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/pools/{name}/release',
    summary: 'Take units from a task that holds them; it goes on without, and who stands in line gets them',
    query: UNREAD,
    body: OperatorBody.extend({
      task: z.string().min(1).max(1_024).describe('Who holds them: <execution>:<path>:<try>.'),
    }),
    answers: { 200: { description: 'The pool as it now is.', schema: WholePoolSchema } },
    serve: async (ports, { params, body: { task, ...operator } }) => {
      const pool = await releaseByOperator(ports, { pool: params['name'] ?? '', task }, operator);
      return { status: 200, document: await toWholePool(ports.table, pool) };
    },
  }),
];

function poolName(name: string): string {
  const parsed = NameSchema.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new StepwrightError({
    code: 'SW4001',
    kind: 'invalid',
    message: `"${name}" is no name of a pool`,
    hint: 'use lower-case letters, digits and single dashes',
  });
}
