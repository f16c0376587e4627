import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import { patternOf } from './undo-order.ts';

/** Whether the run of one step, by its path, had to end before that of another could begin. */
export type Precedence = (one: string, other: string) => boolean;

/** A run of a step, or of a block around it. */
interface Link {
  readonly step: CompiledStep;
  /** Path of the list that it is in, with the iterations around. */
  readonly list: string;
  /** Which iteration of the block goes on inside it; undefined where there is none. */
  readonly index: number | undefined;
}

/** How the runs of the steps of a workflow come after each other: by their needs, and the iterations of a loop in turn. */
export function precedenceOf(steps: readonly CompiledStep[]): Precedence {
  const byPattern = new Map(steps.map((step) => [step.path, step]));
  const byId = new Map(steps.map((step) => [step.id, step]));
  const ancestors = new Map<string, ReadonlySet<string>>();
  const chainOf = (path: string): readonly Link[] => {
    const own = byPattern.get(patternOf(path));
    const ids = own === undefined ? [] : [...own.within, own.id];
    const segments = path.split('.');
    return ids.flatMap((id) => {
      const step = byId.get(id);
      return step === undefined ? [] : [linkOf(step, segments)];
    });
  };
  return (one, other) => isBefore(chainOf(one), chainOf(other), (id) => ancestorsOf(id, byId, ancestors));
}

function linkOf(step: CompiledStep, segments: readonly string[]): Link {
  const depth = step.path.split('.').length;
  const index = /\[(\d+)\]$/.exec(segments[depth - 1] ?? '')?.[1];
  return {
    step,
    list: segments.slice(0, depth - 1).join('.'),
    index: index === undefined ? undefined : Number(index),
  };
}

function isBefore(
  one: readonly Link[],
  other: readonly Link[],
  ancestors: (id: string) => ReadonlySet<string>,
): boolean {
  for (const [depth, link] of one.entries()) {
    const next = other[depth];
    // Of another branch, or of what is around.
    if (next === undefined || link.list !== next.list) return false;
    if (link.step.id !== next.step.id) return ancestors(next.step.id).has(link.step.id);
    if (link.index === next.index) continue;
    // What a step did itself comes before what its `catch` does.
    if (link.index === undefined) return one.length === depth + 1;
    return link.step.kind === 'while' && link.index < (next.index ?? 0);
  }
  return one.length > 0 && other.length > one.length;
}

function ancestorsOf(
  id: string,
  byId: ReadonlyMap<string, CompiledStep>,
  known: Map<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const found = known.get(id);
  if (found !== undefined) return found;
  const before = byId.get(id)?.after ?? [];
  const all = new Set(before.flatMap((one) => [one, ...ancestorsOf(one, byId, known)]));
  known.set(id, all);
  return all;
}
