import type { WhileStep } from '#definition/block-steps.ts';
import type { Step } from '#definition/model.ts';
import { delimit } from '#expression/delimiters.ts';
import type { Emitter, Emitting } from './emitting.ts';
import { outcomesOf } from './outcomes.ts';
import type { Place } from './place.ts';
import { firstExisting, objectText } from './text.ts';
import { loopSetter, settersIn } from './visible-sets.ts';

/** How a scope ends: what its last state does, and what a `succeed` in it does. */
type Ending = Pick<Emitting, 'exit' | 'scopeEnd'>;

/** The end of an iteration: its output is its last step's. */
export function iterationEnding(steps: readonly Step[], place: Place, emitter: Emitter): Ending {
  const { certain, safe } = lastOutput(steps, place, emitter);
  return {
    exit: { kind: 'end', output: certain },
    scopeEnd: { output: delimit(safe), outputWith: (value) => value },
  };
}

/**
 * The end of a branch: its output is its last step's, and where variables are brought out, an object `{ output, steps }`
 * of both.
 */
export function branchEnding(steps: readonly Step[], place: Place, emitter: Emitter): Ending {
  const broughtOut = broughtOutText(place, emitter);
  if (broughtOut === undefined) return iterationEnding(steps, place, emitter);
  const { certain, safe } = lastOutput(steps, place, emitter);
  const resultOf = (output: string): string => objectText({ output, steps: broughtOut });
  return {
    exit: { kind: 'end', output: resultOf(certain) },
    scopeEnd: {
      output: delimit(resultOf(safe)),
      outputWith: (value) => ({ output: value, steps: delimit(broughtOut) }),
    },
  };
}

/**
 * The end of an iteration of a loop: its output is its last step's, and where variables are set in it, an object
 * `{ output, vars }` of both.
 */
export function loopEnding(loop: WhileStep, place: Place, emitter: Emitter): Ending {
  const setter = loopSetter(loop);
  if (setter === undefined) return iterationEnding(loop.steps, place, emitter);
  const setters = [setter, ...settersIn(loop.steps)];
  const read = setters.map(({ variable }) => emitter.references.read(variable, place.scope));
  const vars = `$merge([${read.join(', ')}])`;
  const { certain, safe } = lastOutput(loop.steps, place, emitter);
  return {
    exit: { kind: 'end', output: objectText({ output: certain, vars }) },
    scopeEnd: {
      output: delimit(objectText({ output: safe, vars })),
      outputWith: (value) => ({ output: value, vars: delimit(vars) }),
    },
  };
}

/** The end of one side of a group: it has no output of its own, only what it brings out. */
export function sideEnding(place: Place, emitter: Emitter): Ending {
  const output = broughtOutText(place, emitter) ?? '{}';
  return {
    exit: { kind: 'end', output },
    scopeEnd: { output: delimit(output), outputWith: () => delimit(output) },
  };
}

/** An object of the variables that a scope brings out, or undefined when there are none. */
function broughtOutText(place: Place, { references }: Emitter): string | undefined {
  const variables = references.broughtOutOf(place.scope);
  const fields = variables.map((variable) => [variable, references.read(variable, place.scope)]);
  return fields.length === 0 ? undefined : objectText(Object.fromEntries(fields));
}

/**
 * The output of a list: that of its last step in the document, null where that step did not run. `certain` is for when
 * the list is through, `safe` for any moment before.
 */
function lastOutput(
  steps: readonly Step[],
  place: Place,
  { references }: Emitter,
): { readonly certain: string; readonly safe: string } {
  const last = steps.at(-1);
  if (last === undefined || !hasOutput(last)) return { certain: 'null', safe: 'null' };
  const reference = references.read(last.id, place.scope);
  const safe = firstExisting([reference]);
  return { certain: outcomesOf(steps).uncertain.has(last.id) ? safe : reference, safe };
}

/** Whether anything follows the step that could read its output. */
export function hasOutput(step: Step): boolean {
  return step.kind !== 'succeed' && step.kind !== 'fail';
}
