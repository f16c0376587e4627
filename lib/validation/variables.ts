import type { Site } from './sites.ts';
import { outwards, type StepList } from './step-tree.ts';
import type { Subject } from './subject.ts';

/** Lists whose variables are their own: nothing outside sees them. */
const PRIVATE: readonly StepList['kind'][] = ['branch', 'iteration'];

/** The variables that some `set` step may have set when a place is reached: fields of `$vars`. */
export function variablesAt({ node }: Site, { setters, order }: Subject): ReadonlySet<string> {
  const around = node === undefined ? [] : [...outwards(node)].map(({ list }) => list);
  const found = new Set<string>();
  for (const setter of setters) {
    const isPrivate = [...outwards(setter)].some(
      ({ list }) => PRIVATE.includes(list.kind) && !around.includes(list),
    );
    if (isPrivate || (node !== undefined && !order.hasEndedBefore(setter, node))) continue;
    if (setter.step.kind === 'set') for (const name of Object.keys(setter.step.values)) found.add(name);
  }
  return found;
}
