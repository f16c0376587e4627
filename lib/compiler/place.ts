import type { JsonObject } from '#core/json.ts';
import { delimit } from '#expression/delimiters.ts';
import { GIVEN } from './given.ts';
import { executionAround, type Scope } from './scope.ts';
import { defined } from './states.ts';
import { TRIES_OF_A_BLOCK } from './task-id.ts';
import { literal } from './text.ts';
import type { Setter } from './visible-sets.ts';

/** Where a step stands, as far as its expressions and its path depend on it. */
export interface Place {
  readonly scope: Scope;
  /** Names of the items of the iterations around, outermost first. */
  readonly items: readonly string[];
  /** Whether what is around runs more than once, so that the environment says which run this is. */
  readonly repeated: boolean;
  /** The loop whose condition this is. */
  readonly loop: string | undefined;
  /** The step whose failure is being handled. */
  readonly caught: string | undefined;
  /** What has set variables that are visible, in the order in which it ran. */
  readonly sets: readonly Setter[];
  /** Path from the innermost iteration, or from the root: ids and branch names joined by dots; empty at its start. */
  readonly path: string;
  /** Whether a block around is tried again as a whole, so that the environment counts its tries. */
  readonly retried: boolean;
  /** Whether a failure may be caught, told or tried again on its way out, so that it has to have its own name. */
  readonly failuresHandled: boolean;
  /** Text of `$result`, where a step's `output` is evaluated. */
  readonly result: string | undefined;
  /** Text of `$target` there. */
  readonly target?: string;
}

/** The place of a workflow's own list of steps. */
export const ROOT: Place = {
  scope: [],
  items: [],
  repeated: false,
  loop: undefined,
  caught: undefined,
  sets: [],
  path: '',
  retried: false,
  failuresHandled: false,
  result: undefined,
};

/** The place inside a step, or inside one of its branches. */
export function inside(place: Place, ...names: readonly string[]): Place {
  return { ...place, path: joined(place.path, ...names) };
}

/** A step's path when it runs, as text of an expression. */
export function pathText(place: Place, id: string): string {
  const path = joined(place.path, id);
  return isRepeated(place) ? `$states.input.path & ${literal(`.${path}`)}` : literal(path);
}

/** A step's path when it runs, as a value of States Language. */
export function pathValue(place: Place, id: string): string {
  return isRepeated(place) ? delimit(pathText(place, id)) : joined(place.path, id);
}

/** Which run of what a step repeats is meant, by the texts of expressions. */
export interface Run {
  /** Its number. */
  readonly index: string;
  /** Path of the run around the step, where that runs more than once itself. Default: the environment's own. */
  readonly around?: string;
}

/** Path of one of the runs of what a step repeats, as a value of States Language. */
export function runPathValue(
  place: Place,
  id: string,
  { index, around = '$states.input.path' }: Run,
): string {
  const opening = literal(`${isRepeated(place) ? '.' : ''}${joined(place.path, id)}[`);
  return delimit(`${isRepeated(place) ? `${around} & ` : ''}${opening} & ${index} & ']'`);
}

/** The environment of a block that runs once; undefined where it is that of the block's own state. */
export function blockEnvironment(place: Place, blockIsRetried: boolean): JsonObject | undefined {
  if (!blockIsRetried) return undefined;
  return defined({ ...inheritedEnvironment(place), attempt: innerAttemptValue(place, true) });
}

/** What names one try of a step to the handler that it calls. */
export function taskIdentity(place: Place, id: string): JsonObject {
  return {
    execution: delimit(executionIdText(place)),
    path: pathValue(place, id),
    attempt: attemptValue(place),
  };
}

/** Id of the workflow's execution, as text of an expression. */
export function executionIdText({ scope }: Pick<Place, 'scope'>): string {
  return executionAround(scope).length === 0 ? '$states.context.Execution.Name' : GIVEN.execution;
}

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

/** Whether what is around runs more than once. */
export function isRepeated(place: Place): boolean {
  return place.repeated;
}

/** The fields of the environment that a block hands on as they are: which run of what is around this is, and its items. */
export function inheritedEnvironment({ repeated, items }: Place): JsonObject {
  return {
    ...(repeated ? { path: '{% $states.input.path %}' } : {}),
    ...(items.length > 0 ? { item: '{% $states.input.item %}' } : {}),
  };
}

function joined(...names: readonly string[]): string {
  return names.filter((name) => name !== '').join('.');
}
