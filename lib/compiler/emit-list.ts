import type { Step } from '#definition/model.ts';
import { delimit } from '#expression/delimiters.ts';
import { emitStep, needsStateAfter } from './emit/emit-step.ts';
import type { Emitting } from './emitting.ts';
import { sideEnding } from './endings.ts';
import { emitGuard } from './guard.ts';
import type { Group, Part } from './layout.ts';
import { isGuarded, type Outcomes, outcomesOf } from './outcomes.ts';
import { sideScope } from './scope.ts';
import { bodyOf, type Emission, type Exit, leave, type NamedState } from './states.ts';
import { type Setter, settersBefore } from './visible-sets.ts';

/** What the states of a list's steps depend on besides their place. */
interface List {
  readonly outcomes: Outcomes;
  readonly settersBefore: ReadonlyMap<string, readonly Setter[]>;
}

/** The states of a list of steps. */
export function emitList(steps: readonly Step[], at: Emitting): Emission {
  const list: List = { outcomes: outcomesOf(steps), settersBefore: settersBefore(steps) };
  return emitParts(at.emitter.layout.partsOf(steps), list, at);
}

/** From the last part to the first, so that each knows where it leads, and what later ones read of it. */
function emitParts(parts: readonly Part[], list: List, at: Emitting): Emission {
  const closing = closingState(parts.at(-1), list, at.exit);
  const emitted: (readonly NamedState[])[] = closing === undefined ? [] : [[closing]];
  let exit: Exit = closing === undefined ? at.exit : { kind: 'next', state: closing[0] };
  for (const part of parts.toReversed()) {
    const { start, states } = emitPart(part, list, { ...at, exit });
    emitted.push(states);
    exit = { kind: 'next', state: start };
  }
  if (exit.kind === 'end') throw new Error('a list of steps has at least one');
  return { start: exit.state, states: emitted.toReversed().flat() };
}

/** A state of its own for the end of a scope, where the last part has not one single state that could be the end. */
function closingState(last: Part | undefined, list: List, exit: Exit): NamedState | undefined {
  if (exit.kind !== 'end' || last?.kind !== 'step') return undefined;
  const { step } = last;
  if (!needsStateAfter(step) && !isGuarded(step, list.outcomes)) return undefined;
  return [`${step.id} end`, { Type: 'Pass', Output: delimit(exit.output), End: true }];
}

function emitPart(part: Part, list: List, at: Emitting): Emission {
  return part.kind === 'group' ? emitGroup(part, list, at) : emitGuarded(part.step, list, at);
}

function emitGuarded(step: Step, list: List, at: Emitting): Emission {
  const sets = [...at.place.sets, ...(list.settersBefore.get(step.id) ?? [])];
  const here = { ...at, place: { ...at.place, sets } };
  return emitGuard(step, emitStep(step, here), list.outcomes, here);
}

/** Steps that the list's order lets run side by side are branches of a Parallel state. */
function emitGroup(group: Group, list: List, at: Emitting): Emission {
  const scopes = group.sides.map((_, index) => sideScope(at.place.scope, group.variable, index));
  const bringsOut = scopes.some((scope) => at.emitter.references.broughtOutOf(scope).length > 0);
  const branches = group.sides.map((side, index) => {
    const place = { ...at.place, scope: scopes[index] ?? [] };
    return bodyOf(emitParts(side, list, { ...at, place, ...sideEnding(place, at.emitter) }));
  });
  const state = {
    Type: 'Parallel',
    Branches: branches,
    ...leave(at.exit, bringsOut ? { [group.variable]: '$merge($states.result)' } : {}),
  };
  return { start: group.name, states: [[group.name, state]] };
}
