import type { Workflow } from '../model.ts';
import { allSteps } from '../nested-lists.ts';
import { breaking, type Change, COMPATIBLE, unsure, type Verdict } from './change.ts';
import { movedIds } from './kept-order.ts';
import { ownParts } from './own-parts.ts';
import { partChanges } from './part-changes.ts';
import { verdictOfPart } from './part-verdicts.ts';
import { type PlacedStep, placedSteps, type StepList, stepWords } from './placed-steps.ts';
import { readersOf } from './step-readers.ts';

type PlacedSteps = ReadonlyMap<string, PlacedStep>;

/** A step that both versions have. */
interface Kept {
  readonly id: string;
  readonly was: PlacedStep;
  readonly is: PlacedStep;
}

/** What has changed of the steps of a workflow: those that are gone, then the others in the order that they now have. */
export function diffSteps(before: Workflow, after: Workflow): readonly Change[] {
  const [was, is] = [placedSteps(before), placedSteps(after)];
  const removed = [...was.values()].filter(({ step }) => !is.has(step.id));
  const moved = movedWithin(was, is);
  const present = [...is].flatMap(([id, placed]): readonly Change[] => {
    const known = was.get(id);
    if (known === undefined) return addedStep(placed, was);
    const kept = { id, was: known, is: placed };
    return [...(moved.has(id) ? [movedInList(kept)] : movedToList(kept)), ...changedStep(kept)];
  });
  return [...removed.flatMap((placed) => removedStep(placed, was, is)), ...orderChanges(was, is), ...present];
}

/** What goes with a step around it is told of that one alone. */
function removedStep(
  { step, list, parent }: PlacedStep,
  was: PlacedSteps,
  is: PlacedSteps,
): readonly Change[] {
  if (parent !== undefined && !is.has(parent)) return [];
  const gone = [...allSteps([step])].map(({ id }) => id).filter((id) => !is.has(id));
  const readers = readersOf(gone, was).filter((id) => is.has(id));
  const verdict =
    readers.length === 0 ? COMPATIBLE : breaking(`${stepWords(readers)} waited for it or read what it gives`);
  return [stepChange('removed', step.id, `removed from ${list.name} (${step.kind})`, verdict)];
}

function addedStep({ step, list, parent }: PlacedStep, was: PlacedSteps): readonly Change[] {
  if (parent !== undefined && !was.has(parent)) return [];
  return [stepChange('added', step.id, `added to ${list.name} (${step.kind})`, COMPATIBLE)];
}

function movedToList({ id, was, is }: Kept): readonly Change[] {
  if (was.list.name === is.list.name) return [];
  return [stepChange('moved', id, `moved from ${was.list.name} to ${is.list.name}`, COMPATIBLE)];
}

function movedInList({ id, was, is }: Kept): Change {
  const text = `stands ${placeIn(is.list, id)} now, stood ${placeIn(was.list, id)}`;
  return stepChange('moved', id, text, COMPATIBLE);
}

function placeIn({ ids }: StepList, id: string): string {
  const before = ids[ids.indexOf(id) - 1];
  return before === undefined ? 'first' : `behind ${before}`;
}

/** Steps that stand elsewhere in a list whose order is the order in which they run. */
function movedWithin(was: PlacedSteps, is: PlacedSteps): ReadonlySet<string> {
  const before = listsOf(was);
  const moved = [...listsOf(is)].flatMap(([name, list]) => {
    const known = before.get(name);
    return known === undefined || list.isGraph || known.isGraph ? [] : [...movedIds(known.ids, list.ids)];
  });
  return new Set(moved);
}

/** A list in which steps began to say what they need, or ceased to, runs in another order as a whole. */
function orderChanges(was: PlacedSteps, is: PlacedSteps): readonly Change[] {
  const before = listsOf(was);
  return [...listsOf(is)].flatMap(([name, { isGraph }]) => {
    const known = before.get(name);
    if (known === undefined || known.isGraph === isGraph) return [];
    const now = isGraph ? 'as soon as what they need has ended' : 'one after the other';
    return [stepChange('changed', name, `its steps now run ${now}`, COMPATIBLE)];
  });
}

function listsOf(steps: PlacedSteps): ReadonlyMap<string, StepList> {
  return new Map([...steps.values()].map(({ list }) => [list.name, list]));
}

function changedStep({ id, was, is }: Kept): readonly Change[] {
  if (was.step.kind !== is.step.kind) {
    const text = `kind: ${was.step.kind} → ${is.step.kind}`;
    return [stepChange('changed', id, text, unsure('what it gives may be another for those who read it'))];
  }
  const [before, after] = [ownParts(was.step), ownParts(is.step)];
  return partChanges(before, after).map(({ key, label, text }) =>
    stepChange('changed', id, `${label}: ${text}`, verdictOfPart(key, before[key], after[key])),
  );
}

function stepChange(what: Change['what'], of: string, text: string, verdict: Verdict): Change {
  return { part: 'steps', what, of, text, ...verdict };
}
