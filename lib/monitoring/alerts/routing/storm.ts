import { pagingKey } from '../records/paging-record.ts';

/** So many pagings of one route are open at once; what comes after them is told of together. */
export const MOST_PAGINGS = 50;

/** The paging that tells of an alert: where a storm has opened too many, one for all that come after. */
export function stormKey(key: string, open: ReadonlySet<string>): string {
  if (open.has(key)) return key;
  const [group = '', route = ''] = key.split('.');
  const prefix = `${group}.${route}.`;
  let count = 0;
  for (const other of open) if (other.startsWith(prefix)) count += 1;
  return count < MOST_PAGINGS ? key : pagingKey(group, Number(route), ['*']);
}
