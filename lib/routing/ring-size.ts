import type { Table } from '#table/table.ts';
import { CIRCUMFERENCE, distance } from './rings.ts';

/** So many entries tell the size of a ring to some 12 %. */
const SAMPLE = 65;
const START = '0'.repeat(12);

/**
 * How many devices are in a ring, from how densely its first ones stand: they stand by a hash, and so evenly. Exact for a small
 * ring.
 */
export async function estimateRing(table: Pick<Table, 'query'>, ring: string): Promise<number> {
  const { items, cursor } = await table.query({ partition: ring, limit: SAMPLE });
  const last = items.at(-1);
  if (last === undefined || cursor === undefined) return items.length;
  return Math.round((items.length * CIRCUMFERENCE) / Math.max(1, distance(START, last.sk)));
}
