import type { Placed } from '#analytics/read-log.ts';
import { StepwrightError } from '#core/error.ts';

/** A page of the log. */
export interface LogPage<Document> {
  readonly records: readonly Document[];
  readonly cursor?: string;
}

const DEFAULT_LIMIT = 100;
/** A Lambda function answers with 6 MB at most; so many characters leave room for those of more than one byte. */
const MOST_CHARACTERS = 2_000_000;

/** The next page of records, written as documents; its cursor is the place of the last. */
export async function logPage<Record, Document>(
  records: AsyncIterable<Placed<Record>>,
  limit: number | undefined,
  write: (record: Record) => Promise<Document>,
): Promise<LogPage<Document>> {
  const page: Document[] = [];
  let characters = 0;
  let last = '';
  for await (const { record, place } of records) {
    if (page.length === (limit ?? DEFAULT_LIMIT) || characters > MOST_CHARACTERS)
      return { records: page, cursor: Buffer.from(last).toString('base64url') };
    const document = await write(record);
    page.push(document);
    characters += JSON.stringify(document).length;
    last = place;
  }
  return { records: page };
}

/** The place after which a page begins. Throws SW4001. */
export function placeOf(cursor: string | undefined): { readonly after?: string } {
  if (cursor === undefined) return {};
  const after = Buffer.from(cursor, 'base64url').toString();
  if (/^\d{15}#/.test(after)) return { after };
  throw new StepwrightError({
    code: 'SW4001',
    kind: 'invalid',
    message: 'query.cursor: it is no cursor of this list',
    hint: 'give the `cursor` of the page before, or none',
  });
}
