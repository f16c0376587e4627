import type { JsonObject } from '#core/json.ts';
import type { ParallelStep } from '#definition/block-steps.ts';
import type { Step } from '#definition/model.ts';
import type { Emitting } from '../emitting.ts';
import { branchEnding } from '../endings.ts';
import { emitFailureHandling, isRetried } from '../failure.ts';
import { blockEnvironment, inside, type Place } from '../place.ts';
import { resultOf } from '../result.ts';
import { branchScope } from '../scope.ts';
import { bodyOf, defined, type Emission, leave, type Values } from '../states.ts';
import { objectText } from '../text.ts';

/** A parallel is a Parallel state. Its branches' steps are brought out by one variable, where any is read outside. */
export function emitParallel(step: ParallelStep, at: Emitting): Emission {
  const branches = Object.entries(step.branches).map(([name, steps]) => branchOf(step, { name, steps }, at));
  const failure = emitFailureHandling(step, at);
  const state = {
    ...defined({
      Type: 'Parallel',
      Comment: step.title,
      Arguments: blockEnvironment(at.place, isRetried(step)),
    }),
    Branches: branches.map(({ body }) => body),
    ...failure.fields,
    ...leave(at.exit, valuesOf(step, branches, at)),
  };
  return { start: step.id, states: [[step.id, state], ...failure.states] };
}

interface Branch {
  readonly name: string;
  readonly body: JsonObject;
  readonly bringsOut: boolean;
}

function branchOf(
  step: ParallelStep,
  { name, steps }: { readonly name: string; readonly steps: readonly Step[] },
  at: Emitting,
): Branch {
  const place: Place = {
    ...inside(at.place, step.id, name),
    scope: branchScope(at.place.scope, step.id, name),
    retried: at.place.retried || isRetried(step),
  };
  const bringsOut = at.emitter.references.broughtOutOf(place.scope).length > 0;
  const inner = { ...at, place, held: false, ...branchEnding(steps, place, at.emitter) };
  return { name, bringsOut, body: bodyOf(at.emitter.emitList(steps, inner)) };
}

function valuesOf(step: ParallelStep, branches: readonly Branch[], at: Emitting): Values {
  const results = branches.map(({ name, bringsOut }, index) => ({
    name,
    bringsOut,
    text: `$states.result[${index}]`,
  }));
  const outputs = results.map(({ name, bringsOut, text }) => [name, bringsOut ? `${text}.output` : text]);
  const steps = results.flatMap(({ bringsOut, text }) => (bringsOut ? [`${text}.steps`] : []));
  const result = resultOf(step, objectText(Object.fromEntries(outputs)), at);
  return steps.length === 0 ? result : { ...result, [`${step.id}__steps`]: `$merge([${steps.join(', ')}])` };
}
