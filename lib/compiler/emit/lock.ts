import type { LockStep } from '#definition/block-steps.ts';
import type { Emitting } from '../emitting.ts';
import { branchEnding } from '../endings.ts';
import { emitFailureHandling, isRetried } from '../failure.ts';
import { blockEnvironment, inside, type Place } from '../place.ts';
import { resultOf } from '../result.ts';
import { blockScope } from '../scope.ts';
import { bodyOf, defined, type Emission, leave } from '../states.ts';

/**
 * The steps of a lock are the one branch of a Parallel state, so that what is held is given back whatever fails inside;
 * waiting in line and giving back stand around it (`held.ts`).
 */
export function emitLock(step: LockStep, at: Emitting): Emission {
  const failure = emitFailureHandling(step, at);
  const place: Place = {
    ...inside(at.place, step.id),
    scope: blockScope(at.place.scope, step.id),
    retried: at.place.retried || isRetried(step),
  };
  const bringsOut = at.emitter.references.broughtOutOf(place.scope).length > 0;
  const body = at.emitter.emitList(step.steps, {
    ...at,
    ...branchEnding(step.steps, place, at.emitter),
    place,
    held: false,
  });
  const result = resultOf(step, bringsOut ? '$states.result[0].output' : '$states.result[0]', at);
  const state = {
    ...defined({
      Type: 'Parallel',
      Comment: step.title,
      Arguments: blockEnvironment(at.place, isRetried(step)),
    }),
    Branches: [bodyOf(body)],
    ...failure.fields,
    ...leave(at.exit, bringsOut ? { ...result, [`${step.id}__steps`]: '$states.result[0].steps' } : result),
  };
  return { start: step.id, states: [[step.id, state], ...failure.states] };
}
