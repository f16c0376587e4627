import type { Rule } from '../rule.ts';
import type { StepList } from '../step-tree.ts';
import type { Subject } from '../subject.ts';

/** No step waits, directly or not, for itself. */
export const acyclicNeeds: Rule = {
  list(list, { subject, report }) {
    if (list.isSequence) return;
    for (const cycle of cyclesOf(list, subject)) {
      const steps = cycle.flatMap((index) => list.nodes[index] ?? []);
      const [first, ...others] = steps;
      if (first === undefined) continue;
      const chain = [...others, first].map(({ step }) => `"${step.id}"`).join(', which needs ');
      report.atKey([...first.path, 'needs'], {
        code: 'SW1501',
        message: `"${first.step.id}" needs ${chain}: none of them can ever start`,
        hint: others.length === 0 ? 'a step cannot wait for itself' : 'take one of these needs away',
      });
    }
  },
};

/** What is known of a step during the search: it is on the path that is being followed, or done with. */
type Mark = 'open' | 'done';

/** Cycles by the positions of their steps, one for each need that closes one when needs are followed in depth. */
function cyclesOf(list: StepList, { order }: Subject): number[][] {
  const predecessors = order.predecessorsIn(list);
  const marks = new Map<number, Mark>();
  const cycles: number[][] = [];
  for (const { index } of list.nodes) {
    const path: { readonly at: number; next: number }[] = marks.has(index) ? [] : [{ at: index, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      marks.set(top.at, 'open');
      const before = predecessors[top.at]?.[top.next++];
      if (before === undefined) {
        marks.set(top.at, 'done');
        path.pop();
      } else if (marks.get(before) === 'open') {
        cycles.push(path.slice(path.findIndex(({ at }) => at === before)).map(({ at }) => at));
      } else if (!marks.has(before)) {
        path.push({ at: before, next: 0 });
      }
    }
  }
  return cycles;
}
