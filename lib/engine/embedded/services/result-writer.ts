import * as z from 'zod';
import type { Json, JsonObject } from '#core/json.ts';
import type { ObjectStore } from './object-store.ts';
import { ServiceFailure } from './service-failure.ts';

/** How results are written (AWS Step Functions, "ResultWriter"). */
export const WriterConfigSchema = z.object({
  Transformation: z.enum(['NONE', 'COMPACT', 'FLATTEN']).optional(),
  OutputType: z.enum(['JSON', 'JSONL']).default('JSON'),
});

/** See {@link WriterConfigSchema}. */
export type WriterConfig = z.infer<typeof WriterConfigSchema>;

/** How a child execution of a Map run ended, or that it has not begun. */
export interface ChildResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING';
  readonly input: Json;
  readonly output?: Json | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  readonly name?: string | undefined;
  readonly executionArn?: string | undefined;
  readonly stateMachineArn?: string | undefined;
  /** ISO 8601. */
  readonly startedAt?: string | undefined;
  /** ISO 8601. */
  readonly endedAt?: string | undefined;
}

/** Where results go. */
export interface ResultDestination {
  readonly bucket: string;
  readonly prefix: string;
  readonly mapRunArn: string;
  readonly config: WriterConfig;
}

/** Characters of a file, after which the next one begins; so memory stays bounded. */
const FILE_LENGTH = 16 * 1024 * 1024;

const GROUPS = ['FAILED', 'PENDING', 'SUCCEEDED'] as const;
type Group = (typeof GROUPS)[number];

/**
 * Writes the results of a Map run to files by how they ended, and a `manifest.json` that names the files; gives the output
 * of the state. Throws States.ResultWriterFailed.
 */
export async function writeResults(
  store: ObjectStore,
  destination: ResultDestination,
  results: Iterable<ChildResult> | AsyncIterable<ChildResult>,
): Promise<JsonObject> {
  const { bucket, prefix, mapRunArn, config } = destination;
  const run = mapRunArn.slice(mapRunArn.lastIndexOf(':') + 1);
  const folder = [prefix.replace(/\/$/, ''), run].filter((part) => part !== '').join('/');
  try {
    const files = new Map(
      GROUPS.map((group) => [group, new ResultFiles({ store, bucket, folder, group, config })]),
    );
    for await (const result of results) await files.get(groupOf(result))?.add(result);
    const written: [string, Json][] = [];
    for (const [group, file] of files) written.push([group, await file.end()]);
    const manifest = {
      DestinationBucket: bucket,
      MapRunArn: mapRunArn,
      ResultFiles: Object.fromEntries(written),
    };
    await store.put(bucket, `${folder}/manifest.json`, JSON.stringify(manifest));
  } catch (error) {
    if (!(error instanceof ServiceFailure)) throw error;
    throw new ServiceFailure('States.ResultWriterFailed', error.message, { cause: error });
  }
  return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket: bucket, Key: `${folder}/manifest.json` } };
}

/** Results as they are given to the next state, of a writer that has no place to write to. */
export function transformResults(config: WriterConfig, results: readonly ChildResult[]): Json {
  const items = results.flatMap((result) => transformed(result, config.Transformation ?? 'NONE'));
  return config.OutputType === 'JSONL' ? items.map((item) => JSON.stringify(item)).join('\n') : items;
}

function groupOf({ status }: ChildResult): Group {
  if (status === 'SUCCEEDED' || status === 'PENDING') return status;
  return 'FAILED';
}

/** What failed is told whole, whatever the transformation. */
function transformed(result: ChildResult, transformation: 'NONE' | 'COMPACT' | 'FLATTEN'): readonly Json[] {
  if (transformation === 'NONE' || result.status !== 'SUCCEEDED') return [describeChild(result)];
  const output = result.output ?? null;
  return transformation === 'FLATTEN' && Array.isArray(output) ? output : [output];
}

/** A child execution as result files tell of it; documents are text. */
export function describeChild(result: ChildResult): JsonObject {
  const { output, error, cause } = result;
  const described: Readonly<Record<string, Json | undefined>> = {
    ...(cause === undefined ? {} : { Cause: cause }),
    ...(error === undefined ? {} : { Error: error }),
    ExecutionArn: result.executionArn,
    Input: JSON.stringify(result.input),
    InputDetails: { Included: true },
    Name: result.name,
    ...(output === undefined ? {} : { Output: JSON.stringify(output), OutputDetails: { Included: true } }),
    StartDate: result.startedAt,
    StateMachineArn: result.stateMachineArn,
    Status: result.status,
    StopDate: result.endedAt,
  };
  return JSON.parse(JSON.stringify(described));
}

interface FilesOptions extends Pick<ResultDestination, 'bucket' | 'config'> {
  readonly store: ObjectStore;
  readonly folder: string;
  readonly group: Group;
}

/** The files of one group: `SUCCEEDED_0.json`, `SUCCEEDED_1.json` and so on. */
class ResultFiles {
  readonly #options: FilesOptions;
  readonly #written: Json[] = [];
  #items: string[] = [];
  #length = 0;

  constructor(options: FilesOptions) {
    this.#options = options;
  }

  async add(result: ChildResult): Promise<void> {
    for (const item of transformed(result, this.#options.config.Transformation ?? 'NONE')) {
      const text = JSON.stringify(item);
      if (this.#length > 0 && this.#length + text.length > FILE_LENGTH) await this.#flush();
      this.#items.push(text);
      this.#length += text.length + 1;
    }
  }

  /** What the manifest says of the files. */
  async end(): Promise<Json> {
    if (this.#items.length > 0) await this.#flush();
    return this.#written;
  }

  async #flush(): Promise<void> {
    const { store, bucket, folder, group, config } = this.#options;
    const isLines = config.OutputType === 'JSONL';
    const text = isLines ? this.#items.join('\n') : `[${this.#items.join(',')}]`;
    const key = `${folder}/${group}_${this.#written.length}.${isLines ? 'jsonl' : 'json'}`;
    await store.put(bucket, key, text);
    this.#written.push({ Key: key, Size: Buffer.byteLength(text) });
    this.#items = [];
    this.#length = 0;
  }
}
