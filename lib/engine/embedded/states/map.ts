import type { Json, JsonObject } from '#core/json.ts';
import { Cancelled } from '../cancellation.ts';
import { processorOf, type StateOf } from '../definition.ts';
import { StateFault } from '../failure.ts';
import { numberOf, unexpectedType } from '../field-number.ts';
import { runBlock } from '../run-block.ts';
import { Variables } from '../state-scope.ts';
import { evaluationFault } from '../template.ts';
import type { Thread } from '../thread.ts';
import { runBranches } from './branches.ts';
import { runDistributedMap } from './distributed-map.ts';
import type { StateResult, StateTry } from './state.ts';

/** Most iterations at once where the state does not say: 40, as the inline mode of Step Functions. */
const DEFAULT_CONCURRENCY = 40;

/** One try of a Map state. */
export type MapTry = StateTry<StateOf<'Map'>>;

/** Runs the processor for each item, at most MaxConcurrency at once; gives the outputs in the order of the items. */
export async function runMap(tried: MapTry): Promise<StateResult> {
  const { state } = tried;
  if (processorOf(state).ProcessorConfig?.Mode === 'DISTRIBUTED') return runDistributedMap(tried);
  const items = tried.run.thread.peek()?.items ?? (await itemsOf(tried));
  const limit = (await concurrencyOf(tried)) ?? DEFAULT_CONCURRENCY;
  const { name, run, retryOf } = tried;
  const { thread } = run;
  const kept = isRepeatable(state.Items) ? {} : { items };
  const length = items.length;
  const { id: startedId } = thread.record('MapStateStarted', { length }, { failure: retryOf, ...kept });
  const result = await runBranches({
    ...{ type: 'Map', thread, work: run.execution.work, startedId, count: length, limit },
    run: (branch, index) => runIteration(tried, branch, { index, value: items[index] ?? null }),
    recordCut: (branch, index, by) => branch.recordCut('MapIterationAborted', { name, index }, by),
  });
  return { result };
}

/** The items: what Items or ItemsPath gives, else the input. */
export async function itemsOf({ state, query }: MapTry): Promise<readonly Json[]> {
  const isJsonata = state.QueryLanguage === 'JSONata';
  if (state.Items === undefined && state.ItemsPath === undefined) return listOf(query.input(), 'JSONata');
  if (!isJsonata) return listOf((await query.value(state, 'Items'))?.value ?? null, 'JSONPath');
  const given = await query.value(state, 'Items');
  if (Array.isArray(given?.value)) return given.value;
  throw evaluationFault(given?.expression ?? '', 'Items', unexpectedType('array', given?.value ?? null));

  function listOf(value: Json, by: 'JSONata' | 'JSONPath'): readonly Json[] {
    if (Array.isArray(value)) return value;
    if (by === 'JSONPath') {
      throw new StateFault('States.Runtime', noArrayAt(state.ItemsPath ?? '$'));
    }
    const error = isJsonata ? 'States.QueryEvaluationError' : 'States.Runtime';
    throw new StateFault(error, `Map state input must be an array but was: ${JSON.stringify(value)}`, {
      isOfExpression: isJsonata,
    });
  }
}

/** What Step Functions says of a path that leads to no array; it leaves out that a path is one of the context object. */
export function noArrayAt(path: string): string {
  return `Reference path "${path.replace(/^\$\$/, '$')}" must point to array.`;
}

/** Whether an expression gives the same each time: not where it draws lots, or looks at the time. */
export function isRepeatable(items: Json | undefined): boolean {
  return !/\$(?:random|uuid|shuffle|now|millis)\b/.test(JSON.stringify(items ?? null));
}

/** The value of MaxConcurrency; undefined where there is none, or 0, which means no limit. */
export async function concurrencyOf({ state, query }: MapTry): Promise<number | undefined> {
  const written = await query.value(state, 'MaxConcurrency');
  if (written === undefined) return undefined;
  const limit = numberOf(written, 'integer');
  if (limit < 0) throw new StateFault('States.Runtime', 'MaxConcurrency cannot be negative.');
  return limit === 0 ? undefined : limit;
}

/** An item, and its place among all. */
export interface MapItem {
  readonly index: number;
  readonly value: Json;
}

/** What an iteration gets: what ItemSelector, or Parameters as it was called, makes of the item. */
export async function inputOfItem({ state, query }: MapTry, { index, value }: MapItem): Promise<Json> {
  const selector = state.ItemSelector ?? state.Parameters;
  if (selector === undefined) return value;
  return query.template(selector, 'ItemSelector', itemContext({ index, value }));
}

function itemContext({ index, value }: MapItem): JsonObject {
  return { Map: { Item: { Index: index, Value: value } } };
}

async function runIteration(
  tried: MapTry,
  thread: Thread,
  item: MapItem,
): Promise<{ output: Json; endId: number }> {
  const { name, state, run } = tried;
  const { index } = item;
  const context = { ...run.context, ...itemContext(item) };
  thread.record('MapIterationStarted', { name, index });
  const variables = new Variables(run.variables);
  try {
    const input = await inputOfItem(tried, item);
    const output = await runBlock(processorOf(state), input, { ...run, thread, variables, context });
    const { id: endId } = thread.recordAside('MapIterationSucceeded', { name, index });
    return { output, endId };
  } catch (failure) {
    if (!(failure instanceof Cancelled)) thread.recordAside('MapIterationFailed', { name, index });
    throw failure;
  } finally {
    variables.release();
  }
}
