import type { ChooseBranch, ChooseStep } from '#definition/block-steps.ts';
import { boundCondition, type Emitting } from '../emitting.ts';
import { hasOutput } from '../endings.ts';
import { inside } from '../place.ts';
import { defined, type Emission, leaveQuietly, type NamedState } from '../states.ts';
import { firstExisting } from '../text.ts';

/** A choose is a Choice state, the states of its branches, and a Pass where they meet again. */
export function emitChoose(step: ChooseStep, at: Emitting): Emission {
  const join = joinOf(step, at);
  const branches = upToElse(step.branches).map((branch) => ({
    condition: branch.if,
    ...at.emitter.emitList(branch.steps, {
      ...at,
      place: inside(at.place, step.id),
      exit: { kind: 'next', state: join[0] },
    }),
  }));
  const choice = {
    ...defined({ Type: 'Choice', Comment: step.title }),
    Choices: branches.flatMap(({ condition, start }) =>
      condition === undefined ? [] : [{ Condition: boundCondition(condition, at), Next: start }],
    ),
    Default: branches.find(({ condition }) => condition === undefined)?.start ?? join[0],
  };
  return { start: step.id, states: [[step.id, choice], ...branches.flatMap(({ states }) => states), join] };
}

/** The output is that of the branch taken, which is the only one with a value. */
function joinOf(step: ChooseStep, at: Emitting): NamedState {
  const last = step.branches.flatMap(({ steps }) => steps.slice(-1)).filter(hasOutput);
  const references = last.map(({ id }) => at.emitter.references.read(id, at.place.scope));
  const values = { [step.id]: firstExisting(references) };
  return [`${step.id} join`, { Type: 'Pass', ...leaveQuietly(at.exit, values) }];
}

/** Branches after the else are never taken. */
function upToElse(branches: readonly ChooseBranch[]): readonly ChooseBranch[] {
  const last = branches.findIndex((branch) => branch.if === undefined);
  return last < 0 ? branches : branches.slice(0, last + 1);
}
