import type { SetStep } from '#definition/model.ts';
import { delimit } from '#expression/delimiters.ts';
import type { Scope } from './scope.ts';
import { literal } from './text.ts';

/** Where a step stands, as far as its expressions and its path depend on it. */
export interface Place {
  readonly scope: Scope;
  /** Names of the items of the iterations around, outermost first. */
  readonly items: readonly string[];
  /** The step whose failure is being handled. */
  readonly caught: string | undefined;
  /** The `set` steps whose variables are visible, in the order in which they ran. */
  readonly sets: readonly SetStep[];
  /** Path from the innermost iteration, or from the root: ids and branch names joined by dots; empty at its start. */
  readonly path: string;
  /** Whether a block around is tried again as a whole, so that the environment counts its tries. */
  readonly retried: boolean;
}

/** The place of a workflow's own list of steps. */
export const ROOT: Place = {
  scope: [],
  items: [],
  caught: undefined,
  sets: [],
  path: '',
  retried: false,
};

/** The place inside a step, or inside one of its branches. */
export function inside(place: Place, ...names: readonly string[]): Place {
  return { ...place, path: joined(place.path, ...names) };
}

/** A step's path when it runs, as text of an expression. */
export function pathText(place: Place, id: string): string {
  const path = joined(place.path, id);
  return inIteration(place) ? `$states.input.path & ${literal(`.${path}`)}` : literal(path);
}

/** A step's path when it runs, as a value of States Language. */
export function pathValue(place: Place, id: string): string {
  return inIteration(place) ? delimit(pathText(place, id)) : joined(place.path, id);
}

/** Path of the iteration that an item of a `forEach` step begins, as a value of States Language. */
export function iterationPathValue(place: Place, id: string): string {
  const opening = literal(`${inIteration(place) ? '.' : ''}${joined(place.path, id)}[`);
  const outer = inIteration(place) ? '$states.input.path & ' : '';
  return delimit(`${outer}${opening} & $states.context.Map.Item.Index & ']'`);
}

/** More than a block can be tried. */
const TRIES_OF_A_BLOCK = 100;

/** Which try of the step this is, from 0, as a value of States Language; tries of the blocks around it count in. */
export function attemptValue(place: Place): string {
  return delimit(attemptText(place));
}

/** What the environment inside a block says of the tries so far; undefined where no block is tried again. */
export function innerAttemptValue(place: Place, blockIsRetried: boolean): string | undefined {
  if (blockIsRetried) return delimit(`(${attemptText(place)}) * ${TRIES_OF_A_BLOCK}`);
  return place.retried ? '{% $states.input.attempt %}' : undefined;
}

function attemptText({ retried }: Place): string {
  const own = '$states.context.State.RetryCount';
  return retried ? `$states.input.attempt + ${own}` : own;
}

/** Whether an iteration is around. */
export function inIteration(place: Place): boolean {
  return place.items.length > 0;
}

function joined(...names: readonly string[]): string {
  return names.filter((name) => name !== '').join('.');
}
