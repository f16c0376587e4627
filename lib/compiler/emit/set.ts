import type { SetStep } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { defined, type Emission } from '../states.ts';

/** A set is a Pass that assigns the object; `$vars` is put together from these objects where it is read. */
export function emitSet(step: SetStep, at: Emitting): Emission {
  if (at.exit.kind !== 'next') throw new Error(`"${step.id}" sets variables, and has no state to go on to`);
  const state = {
    ...defined({ Type: 'Pass', Comment: step.title }),
    Assign: { [step.id]: boundTemplate(step.values, at) },
    Next: at.exit.state,
  };
  return { start: step.id, states: [[step.id, state]] };
}
