import type { Site } from './sites.ts';
import { outwards, type StepList, type StepNode } from './step-tree.ts';
import type { Subject } from './subject.ts';

/** Lists whose variables are their own: nothing outside sees them. */
const PRIVATE: readonly StepList['kind'][] = ['branch', 'iteration', 'between'];

/** The variables that some `set` step may have set when a place is reached: fields of `$vars`. */
export function variablesAt(site: Site, subject: Subject): ReadonlySet<string> {
  const around = site.node === undefined ? [] : [...outwards(site.node)].map(({ list }) => list);
  const found = new Set<string>();
  for (const setter of subject.setters) {
    const lists = [...outwards(setter)].map(({ list }) => list);
    const isPrivate = lists.some((list) => PRIVATE.includes(list.kind) && !around.includes(list));
    if (isPrivate || !mayHaveRun(setter, { site, lists, around }, subject)) continue;
    if (setter.step.kind === 'set') for (const name of Object.keys(setter.step.values)) found.add(name);
  }
  return found;
}

interface Reading {
  readonly site: Site;
  /** The lists that the setter is in. */
  readonly lists: readonly StepList[];
  /** The lists that the reader is in. */
  readonly around: readonly StepList[];
}

/** Whether it may have run by then: before, or in an earlier iteration of a loop that both are in. */
function mayHaveRun(setter: StepNode, { site, lists, around }: Reading, { order }: Subject): boolean {
  const { kind, node } = site;
  if (node === undefined || order.hasEndedBefore(setter, node)) return true;
  const loops = lists.filter((list) => list.kind === 'loop');
  return loops.some((loop) => around.includes(loop) || (kind === 'loop' && loop.owner === node));
}
