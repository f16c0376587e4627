import type { Step } from '#definition/model.ts';
import type { Need } from '#definition/step-parts.ts';
import { delimit } from '#expression/delimiters.ts';
import { boundText, type Emitting } from './emitting.ts';
import { isGuarded, type Outcomes, openNeeds } from './outcomes.ts';
import type { Emission, NamedState } from './states.ts';

/**
 * Puts a guard before a step's states: a Choice that goes on without them when the step's needs are not met or its `if`
 * does not hold.
 */
export function emitGuard(step: Step, emission: Emission, outcomes: Outcomes, at: Emitting): Emission {
  if (!isGuarded(step, outcomes)) return emission;
  if (at.exit.kind !== 'next') throw new Error(`"${step.id}" may be skipped, and has no state to skip to`);
  const needs = openNeeds(step, outcomes).map((need) => needText(need, outcomes, at));
  const start = `${step.id} if`;
  const choice: NamedState = [
    start,
    {
      Type: 'Choice',
      Choices: [{ Condition: delimit(conditionText(step.if, needs, at)), Next: emission.start }],
      Default: at.exit.state,
    },
  ];
  return { start, states: [choice, ...emission.states] };
}

/** Needs stand first, and alone decide when they are not met: the condition may read what exists only when they are. */
function conditionText(condition: string | undefined, needs: readonly string[], at: Emitting): string {
  const needed = needs.join(' and ');
  if (condition === undefined) return needed;
  const own = `(${condition}) ? true : false`;
  return boundText(needs.length === 0 ? own : `(${needed}) ? (${own}) : false`, at);
}

function needText({ step, outcome }: Need, { caught }: Outcomes, { place, emitter }: Emitting): string {
  const output = emitter.references.read(step, place.scope);
  if (outcome === 'succeeded') return `$exists(${output})`;
  const skipped = `$not($exists(${output}))`;
  if (!caught.has(step)) return outcome === 'failed' ? 'false' : skipped;
  const error = emitter.references.read(`${step}__error`, place.scope);
  return outcome === 'failed' ? `$exists(${error})` : `${skipped} and $not($exists(${error}))`;
}
