import type { Json, JsonObject } from '#core/json.ts';
import { Cancelled } from '../cancellation.ts';
import type { StateOf } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import { runBlock } from '../run-block.ts';
import { Variables } from '../state-scope.ts';
import { evaluateTemplate } from '../template.ts';
import { Thread } from '../thread.ts';
import { joinAll } from './join-all.ts';
import type { EnteredState, StateResult } from './state.ts';

/** Most iterations at once where the state does not say: 40, as the inline mode of Step Functions. */
const DEFAULT_CONCURRENCY = 40;

type EnteredMap = EnteredState<StateOf<'Map'>>;

/** Runs the processor for each item, at most MaxConcurrency at once; gives the outputs in the order of the items. */
export async function runMap(entered: EnteredMap): Promise<StateResult> {
  const { name, state, scope, run } = entered;
  const { thread } = run;
  const items =
    thread.peek()?.items ?? (await evaluateTemplate(state.Items ?? scope.input, scope.with(), 'Items'));
  if (!Array.isArray(items)) {
    throw new StateFailure(
      'States.QueryEvaluationError',
      `The field 'Items' of '${name}' must give an array, not ${typeof items}`,
    );
  }
  const limit = await concurrency(entered);
  const kept = isRepeatable(state.Items) ? {} : { items };
  const started = thread.record('MapStateStarted', { length: items.length }, kept);
  const failed = thread.takeRecorded('MapStateFailed');
  if (failed !== undefined)
    throw new StateFailure(String(failed.details['error']), String(failed.details['cause']));
  const cancellation = thread.cancellation.child();
  const last = { id: started.id };
  const iterations = items.map((item: Json, index) => (): Promise<Json> => {
    const branch = new Thread(thread.journal, `${thread.name}/${started.id}.${index}`, {
      previous: started.id,
      cancellation,
    });
    return runIteration({ entered, thread: branch, item, index, last });
  });
  try {
    const result = await joinAll(iterations, limit, cancellation);
    thread.continueFrom(last.id);
    thread.record('MapStateSucceeded');
    return { result };
  } catch (failure) {
    if (failure instanceof StateFailure)
      thread.record('MapStateFailed', { error: failure.error, cause: failure.reason });
    throw failure;
  }
}

/** Whether an expression gives the same each time: not where it draws lots, or looks at the time. */
function isRepeatable(items: Json | undefined): boolean {
  return !/\$(?:random|uuid|shuffle|now|millis)\b/.test(JSON.stringify(items ?? null));
}

async function concurrency({ state, scope }: EnteredMap): Promise<number> {
  const value = await evaluateTemplate(state.MaxConcurrency ?? 0, scope.with(), 'MaxConcurrency');
  if (typeof value !== 'number' || value < 0) {
    throw new StateFailure(
      'States.QueryEvaluationError',
      `The field 'MaxConcurrency' must give 0 or more, not ${JSON.stringify(value)}`,
    );
  }
  return value === 0 ? DEFAULT_CONCURRENCY : value;
}

interface Iteration {
  readonly entered: EnteredMap;
  readonly thread: Thread;
  readonly item: Json;
  readonly index: number;
  readonly last: { id: number };
}

async function runIteration({ entered, thread, item, index, last }: Iteration): Promise<Json> {
  const { name, state, scope, run } = entered;
  const context: JsonObject = { ...run.context, Map: { Item: { Index: index, Value: item } } };
  thread.record('MapIterationStarted', { name, index });
  try {
    const input =
      state.ItemSelector === undefined
        ? item
        : await evaluateTemplate(state.ItemSelector, scope.with({ context }), 'ItemSelector');
    const variables = new Variables(run.variables);
    const output = await runBlock(state.ItemProcessor, input, { ...run, thread, variables, context });
    thread.record('MapIterationSucceeded', { name, index });
    last.id = thread.previous;
    return output;
  } catch (failure) {
    if (!(failure instanceof Cancelled)) thread.record('MapIterationFailed', { name, index });
    throw failure;
  }
}
