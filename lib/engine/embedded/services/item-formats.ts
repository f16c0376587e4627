import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { isJsonObject, type Json } from '#core/json.ts';
import { readerFailed } from './reader-failed.ts';

/** Content of an object, piece by piece. */
export type Content = AsyncIterable<Uint8Array>;

/** JSON is read whole, so there is a bound to it, in bytes. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** Longest row or line, in bytes (AWS Step Functions, "Quotas related to Distributed Map"). */
const MAX_ITEM_BYTES = 10 * 1024 * 1024;

/** Bytes of all headers together (AWS Step Functions, "ItemReader", CSVHeaderLocation). */
const MAX_HEADER_BYTES = 10 * 1024;

/** The items of a JSON array; `pointer` (RFC 6901) says where in the document it is. */
export async function* itemsFromJson(content: Content, pointer: string | undefined): AsyncGenerator<Json> {
  const document = parseJson(await textOf(content), 'The object');
  const items = pointer === undefined ? document : pointedAt(document, pointer);
  if (!Array.isArray(items)) throw readerFailed('Attempting to map over non-iterable node.');
  yield* items;
}

/** The whole of a content as text. Throws for more than 64 MiB. */
export async function textOf(content: Content): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.byteLength;
    if (bytes > MAX_JSON_BYTES) throw readerFailed(`The object has more than ${MAX_JSON_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

function parseJson(text: string, what: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch (error) {
    throw readerFailed(`${what} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function pointedAt(document: Json, pointer: string): Json | undefined {
  if (pointer !== '' && !pointer.startsWith('/')) {
    throw readerFailed(`The ItemsPointer '${pointer}' is no JSON Pointer`);
  }
  let found: Json | undefined = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) found = found[Number(name)];
    else found = isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
}

/** The lines of JSON Lines, each an item; empty ones are none. */
export async function* itemsFromJsonLines(content: Content): AsyncGenerator<Json> {
  let number = 0;
  for await (const line of linesOf(content)) {
    number += 1;
    if (line.trim() !== '') yield parseJson(line, `Line ${number}`);
  }
}

async function* linesOf(content: Content): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of content) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_ITEM_BYTES) throw readerFailed(`A line has more than ${MAX_ITEM_BYTES} bytes`);
    yield* lines;
  }
  yield `${rest}${decoder.decode()}`;
}

/** How a CSV file is written. `headers` undefined: they are its first row. */
export interface CsvOptions {
  readonly delimiter: string;
  readonly headers: readonly string[] | undefined;
}

/** The rows of a CSV file (RFC 4180), each an object of texts: fields that are missing are empty, those past the headers left out. */
export async function* itemsFromCsv(
  content: Content,
  { delimiter, headers }: CsvOptions,
): AsyncGenerator<Json> {
  let names = headers;
  for await (const row of rowsOf(content, delimiter)) {
    if (names === undefined) {
      names = row;
      checkHeaders(names);
    } else {
      yield Object.fromEntries(names.map((name, index) => [name, row[index] ?? '']));
    }
  }
}

/** The rows of a CSV file as they are. Throws States.ItemReaderFailed for what is no CSV. */
export async function* rowsOf(content: Content, delimiter: string): AsyncGenerator<readonly string[]> {
  const options = { delimiter, bom: true, relax_column_count: true, max_record_size: MAX_ITEM_BYTES };
  const source = Readable.from(content);
  const parser = source.pipe(parse({ ...options, skip_empty_lines: true }));
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const row of parser) yield rowOf(row);
  } catch (error) {
    if (error instanceof CsvError) throw readerFailed(`The object is no CSV: ${error.message}`);
    throw error;
  } finally {
    source.destroy();
    parser.destroy();
  }
}

function rowOf(row: unknown): readonly string[] {
  return Array.isArray(row) ? row.map(String) : [];
}

/** Throws for headers that name a column twice, or are too long. */
export function checkHeaders(headers: readonly string[]): void {
  if (new Set(headers).size !== headers.length) throw readerFailed('CSV headers cannot contain duplicates.');
  if (Buffer.byteLength(headers.join(',')) > MAX_HEADER_BYTES) {
    throw readerFailed(`CSV headers cannot have more than ${MAX_HEADER_BYTES} bytes.`);
  }
}
