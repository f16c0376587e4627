import { isJsonObject, type Json } from '#core/json.ts';
import type { ExecutionDescription } from '../../engine.ts';
import { StateFailure, StateFault } from '../failure.ts';
import { numberOf } from '../field-number.ts';
import type { MapRun } from '../map-run.ts';
import { type ItemReader, ReaderConfigSchema, readItems } from '../services/item-reader.ts';
import {
  type ChildResult,
  transformResults,
  WriterConfigSchema,
  writeResults,
} from '../services/result-writer.ts';
import { ServiceFailure } from '../services/service-failure.ts';
import type { MapTry } from './map.ts';

/** What the ItemReader of a distributed Map asks for; undefined where it has none. */
export async function readerOf({ state, query }: MapTry): Promise<ItemReader | undefined> {
  const { ItemReader } = state;
  if (ItemReader === undefined) return undefined;
  const { MaxItemsPath: _path, MaxItems: _most, ...config } = ItemReader.ReaderConfig ?? {};
  const most =
    ItemReader.ReaderConfig === undefined
      ? undefined
      : await query.value(ItemReader.ReaderConfig, 'MaxItems');
  const parsed = ReaderConfigSchema.safeParse({
    ...config,
    ...(most === undefined ? {} : { MaxItems: numberOf(most, 'integer') }),
  });
  if (!parsed.success)
    throw new StateFault('States.Runtime', `The ItemReader cannot read: ${parsed.error.message}`);
  return { resource: ItemReader.Resource, args: await query.payload(ItemReader), config: parsed.data };
}

/** Reads all items of a dataset. Fails the Map Run with States.ItemReaderFailed. */
export async function itemsFrom({ run }: MapTry, reader: ItemReader): Promise<readonly Json[]> {
  return asMapFailure(async () => Array.fromAsync(readItems(run.tasks.objects, reader)));
}

/** What a distributed Map gives: the outputs of its first children, so many as `count` says, or where its ResultWriter has put them. */
export async function resultsOf({ state, query, run }: MapTry, mapRun: MapRun, count: number): Promise<Json> {
  const { ResultWriter } = state;
  if (ResultWriter === undefined) return outputsOf(mapRun.children(count));
  const config = WriterConfigSchema.parse(ResultWriter.WriterConfig ?? {});
  const results = resultsIn(mapRun, count);
  if (ResultWriter.Resource === undefined) return transformResults(config, [...results]);
  const args = await query.payload(ResultWriter);
  const destination = {
    bucket: textOf(args, 'Bucket'),
    prefix: textOf(args, 'Prefix'),
    mapRunArn: mapRun.arn,
    config,
  };
  return asMapFailure(() => writeResults(run.tasks.objects, destination, results));
}

function outputsOf(children: Iterable<ExecutionDescription>): Json[] {
  const outputs: Json[] = [];
  for (const { status, output } of children) if (status === 'SUCCEEDED') outputs.push(output ?? null);
  return outputs;
}

function* resultsIn(mapRun: MapRun, count: number): Generator<ChildResult> {
  for (const child of mapRun.children(count)) yield toResult(mapRun, child);
}

async function asMapFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ServiceFailure
      ? new StateFailure(error.name, error.message, { cause: error })
      : error;
  }
}

function toResult(mapRun: MapRun, child: ExecutionDescription): ChildResult {
  const { status, input, output, error, cause, startedAt, endedAt } = child;
  return {
    ...{ status: status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'PENDING' : status, input, output },
    ...{ error, cause, ...mapRun.namesOf(child.ref) },
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
  };
}

function textOf(args: Json, name: string): string {
  const value = isJsonObject(args) ? args[name] : undefined;
  return typeof value === 'string' ? value : '';
}
