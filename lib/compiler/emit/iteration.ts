import type { Json, JsonObject } from '#core/json.ts';
import type { ForEachStep } from '#definition/block-steps.ts';
import { isDistributed } from '#definition/map-mode.ts';
import { delimit } from '#expression/delimiters.ts';
import type { Emitting } from '../emitting.ts';
import { iterationEnding } from '../endings.ts';
import { isRetried } from '../failure.ts';
import { partOf } from '../given.ts';
import {
  executionIdText,
  innerAttemptValue,
  isRepeated,
  type Place,
  type Run,
  runPathValue,
} from '../place.ts';
import { iterationScope } from '../scope.ts';
import { bodyOf, defined, type Emission } from '../states.ts';
import { literal, objectText } from '../text.ts';
import { emitBegin, isPaced } from './pauses.ts';
import { emitTolerantBody, forEachPath, totalOf } from './tolerance.ts';

/** How the iterations of a forEach are told from each other. */
export interface Iterations {
  /** The forEach. */
  readonly at: Emitting;
  /** Where their Map state stands. */
  readonly place: Place;
  readonly run: Run & { readonly item: string };
}

/** The fields of a Map state that runs the iterations of a forEach, and what each of them is given. */
export function emitIterations(
  step: ForEachStep,
  { at, place, run }: Iterations,
): JsonObject & { readonly ItemSelector: JsonObject } {
  const own = step.waves === undefined ? step : { ...step, retry: undefined };
  const environment = itemEnvironment(own, place, run);
  // What child executions are given is known once their states have been written.
  const body = bodyOf(emitIteration(step, at));
  if (!isDistributed(step)) {
    return {
      ItemSelector: environment,
      ...defined({ MaxConcurrency: step.maxConcurrency }),
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...body },
    };
  }
  return {
    ItemSelector: { ...environment, ...givenEnvironment(step, at) },
    ...defined({ Label: labelOf(step), MaxConcurrency: step.maxConcurrency }),
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...body },
  };
}

/** Longest label of a Map Run (AWS Step Functions Developer Guide, "Distributed mode"). */
const MAX_LABEL = 40;

/** What Map Runs are named after; Step Functions finds a name itself where the id is too long. */
function labelOf({ id }: ForEachStep): string | undefined {
  return id.length > MAX_LABEL ? undefined : id;
}

/** The states of one iteration. */
function emitIteration(step: ForEachStep, at: Emitting): Emission {
  const place: Place = {
    ...at.place,
    scope: iterationScope(at.place.scope, step),
    items: [...at.place.items, step.as],
    repeated: true,
    path: '',
    retried: at.place.retried || isRetried(step),
    failuresHandled: at.place.failuresHandled || step.tolerate !== undefined,
  };
  const inner = { ...at, place, held: false, ...iterationEnding(step.steps, place, at.emitter) };
  const steps = at.emitter.emitList(step.steps, inner);
  const body = emitBegin(step, steps, { at: inner, outer: at.place });
  if (step.tolerate === undefined) return body;
  const around = { ...at, place: { ...at.place, scope: place.scope } };
  return emitTolerantBody({ ...step, tolerate: step.tolerate }, body, { at: around, outer: at.place });
}

/** The environment of an iteration: where it is in the workflow, and the items of all iterations around. */
function itemEnvironment(
  step: ForEachStep,
  place: Place,
  { item: current, ...run }: Iterations['run'],
): JsonObject {
  const item: Json =
    place.items.length > 0
      ? `{% $merge([$states.input.item, { ${literal(step.as)}: ${current} }]) %}`
      : { [step.as]: `{% ${current} %}` };
  return defined({
    path: runPathValue(place, step.id, run),
    item,
    attempt: innerAttemptValue(place, isRetried(step)),
  });
}

/** What a child execution cannot see, and reads: whose it is, the workflow's input, and what steps around it have given. */
function givenEnvironment(step: ForEachStep, { place, emitter: { references } }: Emitting): JsonObject {
  const { input, startedAt, outer } = references.givenTo(iterationScope(place.scope, step));
  const variables = [...outer].map(([name, reads]) => [
    name,
    partOf(references.read(name, place.scope, reads === 'all' ? undefined : [...reads]), reads),
  ]);
  return defined({
    // Whoever settles an iteration, or lets it begin, is told of what it is one.
    rollout:
      isRepeated(place) && (step.tolerate !== undefined || isPaced(step))
        ? forEachPath(step, place)
        : undefined,
    total: step.tolerate === undefined ? undefined : totalOf(step),
    execution: delimit(executionIdText(place)),
    startedAt: startedAt ? delimit(references.readStart(place.scope)) : undefined,
    input:
      input === undefined
        ? undefined
        : delimit(partOf(references.readInput(place.scope, input === 'all' ? undefined : [...input]), input)),
    outer: variables.length === 0 ? undefined : delimit(objectText(Object.fromEntries(variables))),
  });
}
