import * as z from 'zod';
import { settingKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';

const PublicUrlSchema = z.object({ url: z.string() });

/** Notes where people reach the API of this deployment, which is known only once it stands. */
export async function putPublicUrl(table: Table, url: string): Promise<void> {
  await table.put({ ...settingKeys.publicUrl, url: url.replace(/\/+$/, '') });
}

/** Where people reach the API, without a slash at its end; undefined where nobody has said. */
export async function findPublicUrl(table: Table): Promise<string | undefined> {
  const item = await table.get(settingKeys.publicUrl);
  return item === undefined ? undefined : PublicUrlSchema.parse(item).url;
}
