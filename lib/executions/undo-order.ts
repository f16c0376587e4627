import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import { TRIES_OF_A_BLOCK } from '#compiler/task-id.ts';

/** What a step has done: a command, or a workflow that it has called. */
export interface Doing {
  readonly path?: string | undefined;
  readonly attempt: number;
  /** When it was begun, in ms since the epoch. */
  readonly queuedAt: number;
}

/**
 * Orders the undo of what steps have done: in reverse of the order in which their steps depend on each other, side by side where
 * they do not. Gives layers; a layer may start when the one before it is done. A list of steps turns its `needs` round;
 * branches and iterations are undone side by side, those of a loop one after the other; a block that was tried more than once is undone in strict reverse of
 * time, since its tries overlap in their steps.
 */
export function undoLayers<T extends Doing>(steps: readonly CompiledStep[], doings: readonly T[]): T[][] {
  const known = new Map(steps.map((step) => [step.path, step]));
  const root = new Place<T>('', false);
  for (const doing of doings) {
    const step = known.get(patternOf(doing.path ?? ''));
    if (step === undefined) continue;
    const chain = [...step.within, step.id].map((id) => steps.find((candidate) => candidate.id === id));
    root.add(
      chain.filter((link) => link !== undefined),
      doing,
    );
  }
  return root.layers(successorsOf(steps));
}

type Successors = ReadonlyMap<string, readonly string[]>;

/** `rollout[].flash` of `rollout[3].flash`. */
export function patternOf(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '[]');
}

function successorsOf(steps: readonly CompiledStep[]): Successors {
  const successors = new Map<string, string[]>();
  for (const { id, after } of steps) {
    for (const before of after) successors.set(before, [...(successors.get(before) ?? []), id]);
  }
  return successors;
}

/** A run of a step, with what it did itself and what the lists did that it contains. */
class Place<T extends Doing> {
  readonly path: string;
  readonly #own: T[] = [];
  /** By the actual path of the list, such as `rollout[3]` or `both.left`, then by id of the step. */
  readonly #lists = new Map<string, Map<string, Place<T>>>();

  readonly #isLoop: boolean;

  constructor(path: string, isLoop: boolean) {
    this.path = path;
    this.#isLoop = isLoop;
  }

  add([next, ...rest]: readonly CompiledStep[], doing: T): void {
    if (next === undefined) {
      this.#own.push(doing);
      return;
    }
    const segments = (doing.path ?? '').split('.').slice(0, next.path.split('.').length);
    const list = segments.slice(0, -1).join('.');
    const members = this.#lists.get(list) ?? new Map<string, Place<T>>();
    const member =
      members.get(next.id) ?? new Place<T>(segments.join('.').replace(/\[\d+\]$/, ''), next.kind === 'while');
    this.#lists.set(list, members.set(next.id, member));
    member.add(rest, doing);
  }

  layers(successors: Successors): T[][] {
    const all = this.#all();
    const wasRetried = this.path !== '' && all.some(({ attempt }) => attempt >= TRIES_OF_A_BLOCK);
    if (wasRetried) return latestFirst(all).map((doing) => [doing]);
    const lists = [...this.#lists].map(([path, list]) => ({ path, layers: listLayers(list, successors) }));
    const inside = this.#isLoop ? lastFirst(lists) : sideBySide(lists.map(({ layers }) => layers));
    return [...inside, ...latestFirst(this.#own).map((doing) => [doing])];
  }

  #all(): T[] {
    const lists = [...this.#lists.values()].flatMap((list) => [...list.values()]);
    return [...this.#own, ...lists.flatMap((place) => place.#all())];
  }
}

/** A later iteration of a loop builds on the earlier ones. */
function lastFirst<T>(lists: readonly { readonly path: string; readonly layers: T[][] }[]): T[][] {
  const indexOf = (path: string): number => Number(/\[(\d+)\]$/.exec(path)?.[1]);
  return lists
    .toSorted((one, other) => indexOf(other.path) - indexOf(one.path))
    .flatMap(({ layers }) => layers);
}

function latestFirst<T extends Doing>(doings: readonly T[]): T[] {
  return doings.toSorted((one, other) => other.queuedAt - one.queuedAt || other.attempt - one.attempt);
}

/** A step's undo starts where those of all steps that waited for it have ended. */
function listLayers<T extends Doing>(list: ReadonlyMap<string, Place<T>>, successors: Successors): T[][] {
  const ends = new Map<string, number>();
  const own = new Map([...list].map(([id, place]) => [id, place.layers(successors)]));
  const start = (id: string): number => Math.max(0, ...(successors.get(id) ?? []).map(end));
  const end = (id: string): number => {
    const known = ends.get(id);
    if (known !== undefined) return known;
    const computed = start(id) + (own.get(id)?.length ?? 0);
    ends.set(id, computed);
    return computed;
  };
  return sideBySide(
    [...own].map(([id, layers]) => [...Array.from({ length: start(id) }, (): T[] => []), ...layers]),
  );
}

function sideBySide<T>(many: readonly (readonly (readonly T[])[])[]): T[][] {
  const depth = Math.max(0, ...many.map((layers) => layers.length));
  return Array.from({ length: depth }, (_, at) => many.flatMap((layers) => layers[at] ?? []));
}
