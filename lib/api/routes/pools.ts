import { z } from 'zod';
import { setPoolLimit } from '#concurrency/limit.ts';
import { holdersAndLine } from '#concurrency/line.ts';
import { getPool, listPools, type Pool } from '#concurrency/pool.ts';
import { StepwrightError } from '#core/error.ts';
import { NameSchema } from '#definition/fields.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, UNREAD } from '../route.ts';

const PoolDocument = z
  .object({
    name: z.string(),
    limit: z.number().int().describe('Units that there are.'),
    used: z
      .number()
      .int()
      .describe('Units that are held; more than the limit, where that was lowered meanwhile.'),
  })
  .meta({ id: 'Pool' });

const WholePoolDocument = PoolDocument.extend({
  holders: z
    .array(z.string())
    .describe('Tasks that hold units, then those in line: <execution>:<path>:<attempt>.'),
}).meta({ id: 'WholePool' });

function toPoolDocument({ name, limit, used }: Pool): z.input<typeof PoolDocument> {
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
    answers: { 200: { description: 'A page.', schema: pageSchema('pools', PoolDocument) } },
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
    answers: { 200: { description: 'The pool.', schema: WholePoolDocument } },
    serve: async ({ table }, { params }) => {
      const pool = await getPool(table, params['name'] ?? '');
      const holders = await holdersAndLine(table, pool.name);
      return { status: 200, document: { ...toPoolDocument(pool), holders } };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/v1/pools/{name}',
    summary: 'Set how many units a pool has, also while steps hold some; makes it where there is none',
    query: UNREAD,
    body: z.object({ limit: z.number().int().min(0).max(1_000_000) }),
    answers: { 200: { description: 'The pool as it now is.', schema: PoolDocument } },
    serve: async (ports, { params, body }) => {
      const name = poolName(params['name'] ?? '');
      return { status: 200, document: toPoolDocument(await setPoolLimit(ports, name, body.limit)) };
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
